package io.pgplane.controlplane.store;

import io.pgplane.controlplane.revision.RevisionStore;
import io.pgplane.controlplane.revision.Sealer;
import io.vertx.core.buffer.Buffer;
import java.util.Optional;

/** Whether two sealed revisions are the same: sealed twice, the same has other bytes. */
@FunctionalInterface
interface Comparison {
  boolean same(long number, Buffer one, Buffer other);

  /** By what they say, once opened. */
  static Comparison by(Sealer sealer) {
    return (number, one, other) -> {
      String place = RevisionStore.place(number);
      Optional<String> text = sealer.open(place, one);
      return text.isPresent() && text.equals(sealer.open(place, other));
    };
  }
}
