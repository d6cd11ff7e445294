package io.pgplane.controlplane.events;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pgplane.controlplane.revision.Sealer;
import io.pgplane.crypto.ClusterSecret;
import io.pgplane.crypto.Xaes256Gcm;
import io.pgplane.observability.LogKey;
import io.pgplane.observability.LogRate;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * XAES-256-GCM under keys made of the cluster's secret, one for each kind of place.
 *
 * <p>A sealed text is the version 2, 4 bytes that tell the secret, and what {@link Xaes256Gcm}
 * makes of the text. The place that it is sealed for is authenticated with it, so that what was
 * taken from one place is of no use in another.
 */
public final class Seal implements Sealer {
  private static final Logger LOG = LoggerFactory.getLogger(Seal.class);

  private static final byte VERSION = 2;
  private static final int HEADER_LENGTH = 1 + Integer.BYTES;

  private final List<Keys> secrets;
  private final LogRate rate = new LogRate();
  private final Consumer<String> rejected;

  /** The keys of one secret, by the first word of a place. */
  private record Keys(int id, ClusterSecret secret, Map<String, Xaes256Gcm> ciphers) {
    static Keys of(ClusterSecret secret) {
      int id = Buffer.buffer(secret.key("key id")).getInt(0);
      return new Keys(id, secret, new ConcurrentHashMap<>());
    }

    Xaes256Gcm cipher(String place) {
      return ciphers.computeIfAbsent(
          table(place), table -> new Xaes256Gcm(secret.key("seal " + table)));
    }
  }

  /**
   * Seals with the first secret, and opens with any.
   *
   * @param rejected told the first word of the place of each text that was refused
   */
  public Seal(List<ClusterSecret> secrets, Consumer<String> rejected) {
    if (secrets.isEmpty()) {
      throw new IllegalArgumentException("no secret");
    }
    this.secrets = secrets.stream().map(Keys::of).toList();
    this.rejected = rejected;
  }

  @Override
  public Buffer seal(String place, String text) {
    Keys keys = secrets.get(0);
    byte[] sealed = keys.cipher(place).encrypt(text.getBytes(UTF_8), place.getBytes(UTF_8));
    return Buffer.buffer(HEADER_LENGTH + sealed.length)
        .appendByte(VERSION)
        .appendInt(keys.id())
        .appendBytes(sealed);
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
    byte[] sealed = bytes.getBytes(HEADER_LENGTH, bytes.length());
    return secrets.stream()
        .filter(keys -> keys.id() == id)
        .flatMap(keys -> keys.cipher(place).decrypt(sealed, place.getBytes(UTF_8)).stream())
        .findFirst()
        .map(text -> new String(text, UTF_8));
  }
}
