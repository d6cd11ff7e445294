package io.pgplane.controlplane.revision;

import io.vertx.core.Future;
import java.util.function.Supplier;

/** Lets one thing be done at a time, in the order in which it comes. */
final class Turns {
  private Future<?> last = Future.succeededFuture();

  /** Runs it when all that came before is done, whether or not it went well. */
  synchronized <T> Future<T> take(Supplier<Future<T>> work) {
    Future<T> next = last.transform(done -> work.get());
    last = next;
    return next;
  }
}
