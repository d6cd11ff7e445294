package io.pgplane.launch;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.function.Supplier;

/** Where a member was started: revisions are taken in by workers, what they change belongs here. */
record Home(Context context) {
  /** Has it done there. */
  <T> Future<T> run(Supplier<Future<T>> work) {
    Promise<T> done = Promise.promise();
    context.runOnContext(go -> work.get().onComplete(done));
    return done.future();
  }
}
