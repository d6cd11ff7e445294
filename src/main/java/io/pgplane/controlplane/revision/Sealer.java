package io.pgplane.controlplane.revision;

import io.vertx.core.buffer.Buffer;
import java.util.Optional;

/** Makes texts unreadable to whom they are not for, and notices those that are not ours. */
public interface Sealer {

  /**
   * Seals a text for one place, and no other.
   *
   * @param place as in {@code revisions/17}: it cannot be opened elsewhere
   */
  Buffer seal(String place, String text);

  /** The text that was sealed for this place; empty if this is none. */
  Optional<String> open(String place, Buffer bytes);
}
