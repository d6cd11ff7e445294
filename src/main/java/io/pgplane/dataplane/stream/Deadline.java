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
    return orElse(millis, future, () -> Future.failedFuture(late.get()));
  }

  /**
   * The same with another way to go on.
   *
   * @param late what takes its place then
   */
  public static <T> Future<T> orElse(long millis, Future<T> future, Supplier<Future<T>> late) {
    if (millis == 0 || future.isComplete()) {
      return future;
    }
    return future
        .timeout(millis, TimeUnit.MILLISECONDS)
        .recover(e -> e instanceof TimeoutException ? late.get() : Future.failedFuture(e));
  }
}
