package io.pgplane.protocol.scram;

import com.ongres.saslprep.SASLprep;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.Provider;
import java.security.SecureRandom;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The functions of RFC 5802, section 2.2 and 3, over SHA-256. */
public final class Scram {
  /** The mechanism without channel binding. */
  public static final String SHA_256 = "SCRAM-SHA-256";

  /** The mechanism with channel binding {@code tls-server-end-point} (RFC 5929). */
  public static final String SHA_256_PLUS = "SCRAM-SHA-256-PLUS";

  /** Iterations of a verifier that PostgreSQL makes by default ({@code scram_iterations}). */
  public static final int DEFAULT_ITERATIONS = 4096;

  static final int KEY_LENGTH = 32;

  /** The GS2 header of a message that is bound to its channel (RFC 5802, section 7). */
  static final byte[] BINDING_HEADER =
      "p=tls-server-end-point,,".getBytes(StandardCharsets.US_ASCII);

  private static final int SALT_LENGTH = 16;
  private static final byte[] CLIENT_KEY = "Client Key".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] SERVER_KEY = "Server Key".getBytes(StandardCharsets.US_ASCII);

  private static final String MAC = "HmacSHA256";

  /** Asked for once: a login makes seven of its Macs. */
  private static final Provider MACS = macs();

  private Scram() {}

  /** A new verifier with a random salt; takes milliseconds to seconds by the iterations. */
  public static ScramVerifier verifierOf(char[] password, int iterations, SecureRandom random) {
    byte[] salt = new byte[SALT_LENGTH];
    random.nextBytes(salt);
    return verifierOf(password, salt, iterations);
  }

  /**
   * A verifier with the salt and the iterations of another, for a user who has both for a time.
   *
   * @throws IllegalArgumentException if its iterations would take minutes
   */
  public static ScramVerifier verifierLike(ScramVerifier other, char[] password) {
    if (other.iterations() > ScramVerifier.MAX_ITERATIONS) {
      throw new IllegalArgumentException(
          "more than " + ScramVerifier.MAX_ITERATIONS + " iterations");
    }
    return verifierOf(password, other.salt(), other.iterations());
  }

  private static ScramVerifier verifierOf(char[] password, byte[] salt, int iterations) {
    ScramKeys keys = keysOf(password, salt, iterations);
    return new ScramVerifier(iterations, salt, hash(keys.clientKey()), keys.serverKey());
  }

  /** The keys of a password; takes milliseconds to seconds by the iterations. */
  static ScramKeys keysOf(char[] password, byte[] salt, int iterations) {
    byte[] salted = hi(normalize(password), salt, iterations);
    return new ScramKeys(hmac(salted, CLIENT_KEY), hmac(salted, SERVER_KEY));
  }

  /**
   * SASLprep (RFC 4013), and where that is not possible the bytes as they are: so do PostgreSQL's
   * server and libpq ({@code pg_saslprep}), and both ends must agree.
   */
  private static byte[] normalize(char[] password) {
    char[] prepared;
    try {
      prepared = new SASLprep().prepareStored(password);
    } catch (IllegalArgumentException e) {
      prepared = password;
    }
    if (prepared.length == 0) {
      prepared = password;
    }
    ByteBuffer bytes = StandardCharsets.UTF_8.encode(CharBuffer.wrap(prepared));
    byte[] exact = new byte[bytes.remaining()];
    bytes.get(exact);
    return exact;
  }

  /** Hi(str, salt, i): PBKDF2 with one block. */
  private static byte[] hi(byte[] password, byte[] salt, int iterations) {
    Mac mac = macOf(password);
    mac.update(salt);
    byte[] u = mac.doFinal(new byte[] {0, 0, 0, 1});
    byte[] result = u.clone();
    for (int i = 1; i < iterations; i++) {
      u = mac.doFinal(u);
      xorInto(result, u);
    }
    return result;
  }

  static byte[] hmac(byte[] key, byte[] data) {
    return macOf(key).doFinal(data);
  }

  static byte[] hash(byte[] data) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(data);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  static byte[] xor(byte[] a, byte[] b) {
    byte[] result = a.clone();
    xorInto(result, b);
    return result;
  }

  private static void xorInto(byte[] target, byte[] other) {
    for (int i = 0; i < target.length; i++) {
      target[i] ^= other[i];
    }
  }

  private static Provider macs() {
    try {
      return Mac.getInstance(MAC).getProvider();
    } catch (GeneralSecurityException e) {
      throw noMac(e);
    }
  }

  private static IllegalStateException noMac(GeneralSecurityException e) {
    return new IllegalStateException("every Java has " + MAC, e);
  }

  private static Mac macOf(byte[] key) {
    try {
      Mac mac = Mac.getInstance(MAC, MACS);
      // A SecretKeySpec refuses an empty key; HMAC pads it with zeros anyway (RFC 2104).
      mac.init(new SecretKeySpec(key.length == 0 ? new byte[1] : key, MAC));
      return mac;
    } catch (GeneralSecurityException e) {
      throw noMac(e);
    }
  }
}
