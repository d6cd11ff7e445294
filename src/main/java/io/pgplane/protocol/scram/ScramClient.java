package io.pgplane.protocol.scram;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.pgplane.failure.Failure;
import io.pgplane.failure.Failures;
import java.io.ByteArrayOutputStream;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * The client's side of one exchange (RFC 5802, section 5):
 *
 * <pre>
 *   {@link #first} → {@link #challenge} → {@link #last} → {@link #confirms}
 * </pre>
 *
 * <p>The keys are handed in only at {@link #last}: making them of a password takes long, so it
 * happens elsewhere. The server is not trusted until {@link #confirms}.
 */
public final class ScramClient {
  /** Fewer make a password too easy to guess from its proof (RFC 7677, section 4). */
  private static final int MIN_ITERATIONS = 4_096;

  /** More would let a hostile server keep a processor busy for seconds. */
  private static final int MAX_ITERATIONS = 1_000_000;

  private static final int NONCE_LENGTH = 18;

  /** What a server asks for: the keys for the salt and the iterations of its verifier. */
  public static final class Challenge {
    private final byte[] salt;
    private final int iterations;

    private Challenge(byte[] salt, int iterations) {
      this.salt = salt;
      this.iterations = iterations;
    }

    /** Whether keys that were made for the verifier answer this challenge. */
    public boolean isOf(ScramVerifier verifier) {
      return iterations == verifier.iterations() && MessageDigest.isEqual(salt, verifier.salt());
    }

    /**
     * The keys of a password; takes milliseconds to seconds by the iterations.
     *
     * @throws Failure if the iterations are too few or too many
     */
    public ScramKeys keysOf(char[] password) {
      if (iterations < MIN_ITERATIONS || iterations > MAX_ITERATIONS) {
        throw Failures.misconfigured(
            "server asks for "
                + iterations
                + " iterations of SCRAM; a password is used with "
                + MIN_ITERATIONS
                + " to "
                + MAX_ITERATIONS);
      }
      return Scram.keysOf(password, salt, iterations);
    }
  }

  private final String mechanism;
  private final byte[] bindingHeader;
  private final Optional<byte[]> endPoint;
  private final String nonce;
  private final String firstBare;
  private String serverFirst = "";
  private String serverNonce = "";
  private byte[] serverSignature = new byte[0];

  /**
   * Chooses among what the server offers.
   *
   * @param offered the server's mechanisms
   * @param endPoint the tls-server-end-point of the server's certificate (RFC 5929), where there is
   *     one
   * @throws Failure if none can be spoken
   */
  public ScramClient(List<String> offered, Optional<byte[]> endPoint, SecureRandom random) {
    boolean plus = offered.contains(Scram.SHA_256_PLUS) && endPoint.isPresent();
    if (!plus && !offered.contains(Scram.SHA_256)) {
      throw Failures.misconfigured("server offers no SCRAM-SHA-256, but " + offered);
    }
    this.mechanism = plus ? Scram.SHA_256_PLUS : Scram.SHA_256;
    this.endPoint = plus ? endPoint : Optional.empty();
    // "y" tells the server that we could have bound: it refuses if somebody hid its offer.
    this.bindingHeader =
        plus ? Scram.BINDING_HEADER : (endPoint.isPresent() ? "y,," : "n,,").getBytes(ISO_8859_1);
    byte[] own = new byte[NONCE_LENGTH];
    random.nextBytes(own);
    this.nonce = Base64.getEncoder().encodeToString(own);
    this.firstBare = "n=,r=" + nonce;
  }

  public String mechanism() {
    return mechanism;
  }

  /** The client-first-message. */
  public byte[] first() {
    return (new String(bindingHeader, ISO_8859_1) + firstBare).getBytes(ISO_8859_1);
  }

  /**
   * Takes the server-first-message.
   *
   * @throws Failure if it is none, or answers somebody else
   */
  public Challenge challenge(byte[] message) {
    serverFirst = new String(message, ISO_8859_1);
    Attributes attributes = new Attributes(serverFirst);
    try {
      serverNonce = attributes.value('r');
      byte[] salt = Base64.getDecoder().decode(attributes.value('s'));
      int iterations = Integer.parseInt(attributes.value('i'));
      if (!serverNonce.startsWith(nonce) || serverNonce.length() == nonce.length()) {
        throw Failures.serverLogin("server's SCRAM nonce does not begin with ours");
      }
      if (salt.length == 0 || iterations < 1) {
        throw Failures.serverLogin("server asks for no salt or for " + iterations + " iterations");
      }
      return new Challenge(salt, iterations);
    } catch (IllegalArgumentException e) {
      throw Failures.serverLogin("server sent a malformed server-first-message");
    }
  }

  /** The client-final-message: the proof that we hold the keys. */
  public byte[] last(ScramKeys keys) {
    ByteArrayOutputStream binding = new ByteArrayOutputStream();
    binding.writeBytes(bindingHeader);
    endPoint.ifPresent(binding::writeBytes);
    Base64.Encoder base64 = Base64.getEncoder();
    String withoutProof = "c=" + base64.encodeToString(binding.toByteArray()) + ",r=" + serverNonce;
    byte[] authMessage = (firstBare + "," + serverFirst + "," + withoutProof).getBytes(ISO_8859_1);
    byte[] signature = Scram.hmac(Scram.hash(keys.clientKey()), authMessage);
    serverSignature = Scram.hmac(keys.serverKey(), authMessage);
    byte[] proof = Scram.xor(keys.clientKey(), signature);
    return (withoutProof + ",p=" + base64.encodeToString(proof)).getBytes(ISO_8859_1);
  }

  /** Whether the server-final-message proves that the server holds the verifier of our keys. */
  public boolean confirms(byte[] message) {
    if (serverSignature.length == 0) {
      return false;
    }
    String expected = "v=" + Base64.getEncoder().encodeToString(serverSignature);
    return MessageDigest.isEqual(expected.getBytes(ISO_8859_1), message);
  }
}
