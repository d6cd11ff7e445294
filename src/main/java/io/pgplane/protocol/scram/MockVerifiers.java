package io.pgplane.protocol.scram;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * Verifiers for users that are not there. To the client they look like real ones: the same salt for
 * the same name at every try, every restart and every member that has the same secret. Each number
 * of iterations and length of salt that real users have, unknown ones have about as often. No proof
 * fits them (RFC 5802, section 9, and {@code mock_scram_secret}).
 */
public final class MockVerifiers {
  private static final Form DEFAULT = new Form(Scram.DEFAULT_ITERATIONS, 16);

  /** The rest is too rare to matter. */
  private static final int MOST_FORMS = 32;

  private final byte[] secret;
  private final List<Weighted> forms;

  /** What a client sees of a verifier, but for the salt itself. */
  public record Form(int iterations, int saltLength) {
    /** That of a verifier. */
    public static Form of(ScramVerifier verifier) {
      return new Form(verifier.iterations(), verifier.salt().length);
    }
  }

  private record Weighted(Form form, int weight) {}

  /**
   * Makes the verifiers of one secret.
   *
   * @param secret the same on all members, and not to be guessed
   * @param forms how many real verifiers have each form
   */
  public MockVerifiers(byte[] secret, Map<Form, Integer> forms) {
    this.secret = Scram.hmac(secret, "pgplane mock verifiers".getBytes(UTF_8));
    List<Weighted> most =
        forms.entrySet().stream()
            // In powers of two, so that one user more or less changes the form of no name.
            .map(form -> new Weighted(form.getKey(), Integer.highestOneBit(form.getValue())))
            .sorted(
                Comparator.comparingInt(Weighted::weight)
                    .reversed()
                    .thenComparing(one -> one.form().iterations())
                    .thenComparing(one -> one.form().saltLength()))
            .limit(MOST_FORMS)
            .toList();
    this.forms = most.isEmpty() ? List.of(new Weighted(DEFAULT, 1)) : most;
  }

  /** The verifier that nobody can prove, for a name that nobody has. */
  public ScramVerifier forUser(String name) {
    // A StoredKey whose preimage is not known: it is an HMAC under the secret.
    byte[] key = Scram.hmac(secret, bytes(name));
    Form form = form(ByteBuffer.wrap(key).getLong());
    return new ScramVerifier(form.iterations(), salt(key, form), key, key);
  }

  /** Weighted rendezvous hashing: a form that comes or goes changes only the names that it has. */
  private Form form(long seed) {
    Form best = DEFAULT;
    double least = Double.POSITIVE_INFINITY;
    for (Weighted one : forms) {
      Form form = one.form();
      long hash = mixed(seed ^ mixed(((long) form.iterations() << 16) + form.saltLength()));
      double drawn = ((hash >>> 11) + 0.5) / (1L << 53);
      double score = -Math.log(drawn) / one.weight();
      if (score < least) {
        least = score;
        best = form;
      }
    }
    return best;
  }

  /** The finalizer of SplitMix64. */
  private static long mixed(long bits) {
    long mixed = (bits ^ (bits >>> 30)) * 0xbf58476d1ce4e5b9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
    return mixed ^ (mixed >>> 31);
  }

  /** Another one for another form, as if the password had been changed. */
  private byte[] salt(byte[] key, Form form) {
    ByteArrayOutputStream salt = new ByteArrayOutputStream();
    for (int block = 0; salt.size() < form.saltLength(); block++) {
      ByteBuffer input = ByteBuffer.allocate(key.length + 2 * Integer.BYTES);
      input.put(key).putInt(form.iterations()).putInt(block);
      salt.writeBytes(Scram.hmac(secret, input.array()));
    }
    return Arrays.copyOf(salt.toByteArray(), form.saltLength());
  }

  /** Char by char: an encoder would make one of all names that are not well-formed. */
  private static byte[] bytes(String name) {
    ByteBuffer bytes = ByteBuffer.allocate(2 * name.length());
    bytes.asCharBuffer().put(name);
    return bytes.array();
  }
}
