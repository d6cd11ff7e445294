package io.pgplane.controlplane.revision;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.util.function.Supplier;

/**
 * Lets one thing be done at a time, in the order in which it comes. Each is begun on one context,
 * of the workers: where many users change, it may take long, which would stop the sessions of an
 * event loop.
 */
final class Turns {
  private final VertxInternal vertx;
  private final Context context;
  private Future<?> last = Future.succeededFuture();

  Turns(Vertx vertx) {
    this.vertx = (VertxInternal) vertx;
    this.context = this.vertx.createWorkerContext();
  }

  /** Runs it when all that came before is done, whether or not it went well. */
  <T> Future<T> take(Supplier<Future<T>> work) {
    // Told where it was asked for: the caller goes on as whom it was.
    Promise<T> done = vertx.getOrCreateContext().promise();
    Future<?> before;
    synchronized (this) {
      before = last;
      last = done.future();
    }
    before.onComplete(
        over ->
            context.runOnContext(
                turn -> Future.succeededFuture().compose(now -> work.get()).onComplete(done)));
    return done.future();
  }
}
