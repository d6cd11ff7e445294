package io.pgplane.controlplane.revision;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Iterator;
import java.util.function.Function;
import java.util.function.Supplier;

/** Work in steps, one after the other, on a stack that does not grow with their number. */
final class Steps {
  private Steps() {}

  /** Repeats a step until it gives false, or fails. */
  static Future<Void> repeat(Supplier<Future<Boolean>> step) {
    Promise<Void> done = Promise.promise();
    run(step, done);
    return done.future();
  }

  /** Does it with each, until it fails with one. */
  static <T> Future<Void> each(Iterable<T> items, Function<T, Future<Void>> work) {
    Iterator<T> left = items.iterator();
    return repeat(
        () ->
            left.hasNext()
                ? work.apply(left.next()).map(done -> true)
                : Future.succeededFuture(false));
  }

  private static void run(Supplier<Future<Boolean>> step, Promise<Void> done) {
    Future<Boolean> again = step.get();
    while (again.succeeded() && again.result()) {
      again = step.get();
    }
    again
        .onSuccess(
            more -> {
              if (more) {
                run(step, done);
              } else {
                done.complete();
              }
            })
        .onFailure(done::fail);
  }
}
