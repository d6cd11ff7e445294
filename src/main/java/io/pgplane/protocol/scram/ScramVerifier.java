package io.pgplane.protocol.scram;

import java.security.MessageDigest;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is stored of a password: {@code SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>},
 * the three in Base64, as in {@code pg_authid.rolpassword} (PostgreSQL, "pg_authid"; RFC 5803).
 *
 * <p>It logs nobody in, but an offline guess can be checked against it, so it is never printed.
 */
public final class ScramVerifier {
  /**
   * More would keep a client with the password busy for minutes; PostgreSQL's own number is 4096.
   */
  public static final int MAX_ITERATIONS = 10_000_000;

  private static final int MAX_TEXT = 1024;
  private static final Pattern FORMAT =
      Pattern.compile("SCRAM-SHA-256\\$(\\d{1,10}):([^$:]+)\\$([^$:]+):([^$:]+)");

  private final int iterations;
  private final byte[] salt;
  private final byte[] storedKey;
  private final byte[] serverKey;

  ScramVerifier(int iterations, byte[] salt, byte[] storedKey, byte[] serverKey) {
    this.iterations = iterations;
    this.salt = salt;
    this.storedKey = storedKey;
    this.serverKey = serverKey;
  }

  /**
   * Reads the form that PostgreSQL stores.
   *
   * @throws IllegalArgumentException saying what is wrong, without the text itself
   */
  public static ScramVerifier parse(String text) {
    Matcher parts = FORMAT.matcher(text);
    if (text.length() > MAX_TEXT || !parts.matches()) {
      throw new IllegalArgumentException(
          "not a SCRAM verifier (SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>)");
    }
    long iterations = Long.parseLong(parts.group(1));
    if (iterations < 1 || iterations > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("the iterations are not in 1.." + Integer.MAX_VALUE);
    }
    byte[] salt = decode("salt", parts.group(2));
    byte[] storedKey = key("StoredKey", parts.group(3));
    byte[] serverKey = key("ServerKey", parts.group(4));
    return new ScramVerifier((int) iterations, salt, storedKey, serverKey);
  }

  public int iterations() {
    return iterations;
  }

  /** The form that PostgreSQL stores: a secret. */
  public String text() {
    Base64.Encoder base64 = Base64.getEncoder();
    return "SCRAM-SHA-256$"
        + iterations
        + ":"
        + base64.encodeToString(salt)
        + "$"
        + base64.encodeToString(storedKey)
        + ":"
        + base64.encodeToString(serverKey);
  }

  /** Whether an exchange looks the same with both, up to the proof. */
  public boolean hasSaltOf(ScramVerifier other) {
    return iterations == other.iterations && MessageDigest.isEqual(salt, other.salt);
  }

  byte[] salt() {
    return salt;
  }

  byte[] storedKey() {
    return storedKey;
  }

  byte[] serverKey() {
    return serverKey;
  }

  @Override
  public String toString() {
    return "ScramVerifier[iterations=" + iterations + "]";
  }

  private static byte[] key(String what, String base64) {
    byte[] key = decode(what, base64);
    if (key.length != Scram.KEY_LENGTH) {
      throw new IllegalArgumentException("the " + what + " is not 32 bytes long");
    }
    return key;
  }

  private static byte[] decode(String what, String base64) {
    try {
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("the " + what + " is not Base64", e);
    }
  }
}
