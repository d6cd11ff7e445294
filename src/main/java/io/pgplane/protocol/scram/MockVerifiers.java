package io.pgplane.protocol.scram;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;

/**
 * Verifiers for users that are not there. To the client they look like real ones: the same salt for
 * the same name at every try, every restart and every member that has the same secret, and the
 * iterations that most real users have. No proof fits them (RFC 5802, section 9, and {@code
 * mock_scram_secret}).
 */
public final class MockVerifiers {
  private static final int SALT_LENGTH = 16;

  private final byte[] secret;
  private final int iterations;

  /**
   * Makes the verifiers of one secret.
   *
   * @param secret the same on all members, and not to be guessed
   * @param iterations how many real verifiers have so many, by the number of iterations
   */
  public MockVerifiers(byte[] secret, Map<Integer, Integer> iterations) {
    this.secret = Scram.hmac(secret, "pgplane mock verifiers".getBytes(UTF_8));
    this.iterations =
        iterations.entrySet().stream()
            .max(
                Map.Entry.<Integer, Integer>comparingByValue()
                    .thenComparing(Map.Entry.comparingByKey()))
            .map(Map.Entry::getKey)
            .orElse(Scram.DEFAULT_ITERATIONS);
  }

  /** The verifier that nobody can prove, for a name that nobody has. */
  public ScramVerifier forUser(String name) {
    byte[] bytes = Scram.hmac(secret, bytes(name));
    byte[] salt = Arrays.copyOf(bytes, SALT_LENGTH);
    // A StoredKey whose preimage nobody knows: it is itself an HMAC under the secret.
    byte[] key = Scram.hmac(secret, bytes);
    return new ScramVerifier(iterations, salt, key, key);
  }

  /** Char by char: an encoder would make one of all names that are not well-formed. */
  private static byte[] bytes(String name) {
    ByteBuffer bytes = ByteBuffer.allocate(2 * name.length());
    bytes.asCharBuffer().put(name);
    return bytes.array();
  }
}
