package io.pgplane.controlplane.revision;

import io.vertx.core.buffer.Buffer;
import java.util.Optional;

/** Seals for a place, and hides nothing. */
final class PlainSealer implements Sealer {
  @Override
  public Buffer seal(String place, String text) {
    return Buffer.buffer(place + "\n" + text);
  }

  @Override
  public Optional<String> open(String place, Buffer bytes) {
    String all = bytes.toString();
    return all.startsWith(place + "\n")
        ? Optional.of(all.substring(place.length() + 1))
        : Optional.empty();
  }
}
