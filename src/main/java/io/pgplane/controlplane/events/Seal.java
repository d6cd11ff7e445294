package io.pgplane.controlplane.events;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pgplane.controlplane.revision.Sealer;
import io.pgplane.observability.LogKey;
import io.pgplane.observability.LogRate;
import io.vertx.core.buffer.Buffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.generators.HKDFBytesGenerator;
import org.bouncycastle.crypto.params.HKDFParameters;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * AES-256-GCM (NIST SP 800-38D) under a key that HKDF (RFC 5869) makes of the cluster's secret.
 *
 * <p>A sealed text is the version 1, 4 bytes that tell the key, a nonce of 12, and the ciphertext
 * with its tag of 16. The place that it is sealed for is authenticated with it, so that what was
 * taken from one place is of no use in another.
 */
public final class Seal implements Sealer {
  private static final Logger LOG = LoggerFactory.getLogger(Seal.class);

  private static final byte VERSION = 1;
  private static final int KEY_ID_LENGTH = 4;
  private static final int KEY_LENGTH = 32;
  private static final int NONCE_LENGTH = 12;
  private static final int TAG_BITS = 128;
  private static final int HEADER_LENGTH = 1 + KEY_ID_LENGTH + NONCE_LENGTH;

  private final SecureRandom random = new SecureRandom();
  private final List<Key> keys;
  private final LogRate rate = new LogRate();
  private final Consumer<String> rejected;

  private record Key(int id, SecretKeySpec aes) {
    static Key of(String secret) {
      byte[] made = new byte[KEY_LENGTH + KEY_ID_LENGTH];
      HKDFBytesGenerator hkdf = new HKDFBytesGenerator(new SHA256Digest());
      hkdf.init(
          new HKDFParameters(
              secret.getBytes(UTF_8), "pgplane".getBytes(UTF_8), "seal".getBytes(UTF_8)));
      hkdf.generateBytes(made, 0, made.length);
      return new Key(
          Buffer.buffer(made).getInt(KEY_LENGTH), new SecretKeySpec(made, 0, KEY_LENGTH, "AES"));
    }
  }

  /**
   * Seals with the first secret, and opens with any.
   *
   * @param rejected told the first word of the place of each text that was refused
   */
  public Seal(List<String> secrets, Consumer<String> rejected) {
    if (secrets.isEmpty()) {
      throw new IllegalArgumentException("no secret");
    }
    this.keys = secrets.stream().map(Key::of).toList();
    this.rejected = rejected;
  }

  @Override
  public Buffer seal(String place, String text) {
    byte[] nonce = new byte[NONCE_LENGTH];
    random.nextBytes(nonce);
    Key key = keys.get(0);
    byte[] ciphertext = gcm(Cipher.ENCRYPT_MODE, key, nonce, place, text.getBytes(UTF_8));
    return Buffer.buffer(HEADER_LENGTH + ciphertext.length)
        .appendByte(VERSION)
        .appendInt(key.id())
        .appendBytes(nonce)
        .appendBytes(ciphertext);
  }

  @Override
  public Optional<String> open(String place, Buffer bytes) {
    Optional<String> text = tryOpen(place, bytes);
    if (text.isEmpty()) {
      reject(place);
      if (rate.take("what is not sealed by this cluster's secret", table(place))) {
        LOG.warn(
            "what lies or came as {} is not sealed by this cluster's secret: ignored",
            LogKey.printable(place));
      }
    }
    return text;
  }

  /** Counts what is sealed, and no good all the same. */
  void reject(String place) {
    rejected.accept(table(place));
  }

  private static String table(String place) {
    return place.substring(0, Math.max(0, place.indexOf('/')));
  }

  private Optional<String> tryOpen(String place, Buffer bytes) {
    if (bytes.length() < HEADER_LENGTH || bytes.getByte(0) != VERSION) {
      return Optional.empty();
    }
    int id = bytes.getInt(1);
    byte[] nonce = bytes.getBytes(1 + KEY_ID_LENGTH, HEADER_LENGTH);
    byte[] ciphertext = bytes.getBytes(HEADER_LENGTH, bytes.length());
    for (Key key : keys) {
      if (key.id() == id) {
        try {
          return Optional.of(
              new String(gcm(Cipher.DECRYPT_MODE, key, nonce, place, ciphertext), UTF_8));
        } catch (IllegalStateException e) {
          return Optional.empty();
        }
      }
    }
    return Optional.empty();
  }

  private static byte[] gcm(int mode, Key key, byte[] nonce, String place, byte[] input) {
    try {
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
      cipher.init(mode, key.aes(), new GCMParameterSpec(TAG_BITS, nonce));
      cipher.updateAAD(place.getBytes(UTF_8));
      return cipher.doFinal(input);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
