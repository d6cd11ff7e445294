package io.pgplane.crypto;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.generators.HKDFBytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;
import org.bouncycastle.crypto.params.HKDFParameters;
import org.jspecify.annotations.Nullable;

/**
 * The value of {@code cluster.secret}, from which a member derives one key for each purpose.
 *
 * <p>32 bytes in hexadecimal or base64 are key material as they are. Any other text is stretched
 * once by Argon2id (RFC 9106, section 4: 64 MiB, 3 passes). Outsiders see what is made of these
 * keys, such as the salts of unknown users, so each guess at a weak text must be expensive. The
 * keys come from HKDF (RFC 5869) with the purpose as its info: no key tells anything about another.
 */
public final class ClusterSecret {
  private static final int KEY_LENGTH = 32;
  private static final int MEMORY_KIB = 65_536;
  private static final int PASSES = 3;
  private static final byte[] SALT = "pgplane cluster.secret".getBytes(UTF_8);

  private final String text;
  private byte @Nullable [] material;

  private ClusterSecret(String text) {
    this.text = text;
  }

  /** The secret of a configuration; costs nothing before the first {@link #key}. */
  public static ClusterSecret of(String text) {
    return new ClusterSecret(text);
  }

  /** A secret that only this process knows. */
  public static ClusterSecret random() {
    byte[] bytes = new byte[KEY_LENGTH];
    new SecureRandom().nextBytes(bytes);
    return new ClusterSecret(HexFormat.of().formatHex(bytes));
  }

  /** Does once what all keys need; blocks, for half a second of CPU where the text is no key. */
  public void stretch() {
    material();
  }

  /** The key for a purpose: 32 bytes, the same at every member; blocks before {@link #stretch}. */
  public byte[] key(String purpose) {
    HKDFBytesGenerator hkdf = new HKDFBytesGenerator(new SHA256Digest());
    hkdf.init(new HKDFParameters(material(), SALT, purpose.getBytes(UTF_8)));
    byte[] key = new byte[KEY_LENGTH];
    hkdf.generateBytes(key, 0, key.length);
    return key;
  }

  private synchronized byte[] material() {
    byte[] known = material;
    if (known == null) {
      known = keyMaterial(text).orElseGet(() -> argon2id(text));
      material = known;
    }
    return known;
  }

  private static Optional<byte[]> keyMaterial(String text) {
    try {
      byte[] bytes =
          text.length() == 2 * KEY_LENGTH
              ? HexFormat.of().parseHex(text)
              : Base64.getDecoder().decode(text);
      return Optional.of(bytes).filter(decoded -> decoded.length == KEY_LENGTH);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static byte[] argon2id(String text) {
    Argon2BytesGenerator argon2 = new Argon2BytesGenerator();
    argon2.init(
        new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
            .withVersion(Argon2Parameters.ARGON2_VERSION_13)
            .withMemoryAsKB(MEMORY_KIB)
            .withIterations(PASSES)
            .withParallelism(1)
            .withSalt(SALT)
            .build());
    byte[] stretched = new byte[KEY_LENGTH];
    argon2.generateBytes(text.getBytes(UTF_8), stretched);
    return stretched;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ClusterSecret secret
        && MessageDigest.isEqual(text.getBytes(UTF_8), secret.text.getBytes(UTF_8));
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return "(hidden)";
  }
}
