package io.pgplane.dataplane.stream;

import io.pgplane.failure.Failure;
import io.vertx.core.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** Bounds what is waited for. */
public final class Deadline {
  private Deadline() {}

  /**
   * The same future, unless it takes longer.
   *
   * @param millis 0 if it may take for ever
   * @param late what it fails with then
   */
  public static <T> Future<T> of(long millis, Future<T> future, Supplier<Failure> late) {
    if (millis == 0 || future.isComplete()) {
      return future;
    }
    return future
        .timeout(millis, TimeUnit.MILLISECONDS)
        .recover(e -> Future.failedFuture(e instanceof TimeoutException ? late.get() : e));
  }
}
