package io.pgplane.controlplane.store;

import io.vertx.core.buffer.Buffer;

/** Whether two sealed revisions are the same: sealed twice, the same has other bytes. */
@FunctionalInterface
public interface Comparison {
  boolean same(long number, Buffer one, Buffer other);

  /** For what is sealed once. */
  Comparison BYTES = (number, one, other) -> one.equals(other);
}
