package io.pgplane.controlplane.store;

import io.pgplane.controlplane.revision.ControlException;
import io.vertx.core.Future;
import java.util.Objects;
import java.util.concurrent.CompletionException;

/** What has become of a piece of work of a store. */
final class Stored {
  private Stored() {}

  static <T> T get(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().join();
  }

  /** Why it was refused. */
  static ControlException failure(Future<?> future) {
    try {
      get(future);
    } catch (CompletionException e) {
      return (ControlException) Objects.requireNonNull(e.getCause());
    }
    throw new AssertionError("it has not failed");
  }
}
