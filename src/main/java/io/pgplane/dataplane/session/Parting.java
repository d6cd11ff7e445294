package io.pgplane.dataplane.session;

import io.pgplane.dataplane.relay.Relay;
import io.pgplane.failure.Failure;
import io.vertx.core.Vertx;
import java.util.function.Consumer;

/**
 * Ends a session that is under way: as soon as it is idle, or when its time is over, whatever it
 * does then. Confined to the session's event loop.
 */
final class Parting {
  private static final long NONE = -1;

  private final Vertx vertx;
  private final Consumer<Failure> end;
  private long deadline = NONE;

  Parting(Vertx vertx, Consumer<Failure> end) {
    this.vertx = vertx;
    this.end = end;
  }

  /**
   * Begins to part; may be called again, which leaves a deadline as it is.
   *
   * @param millis until the deadline, if the reason hurries
   */
  void begin(Farewell why, Relay relay, long millis) {
    if (why.hurries() && deadline == NONE) {
      deadline = vertx.setTimer(millis, late -> end.accept(why.toSession()));
    }
    relay.whenIdle(() -> end.accept(why.toSession()));
  }

  void stop() {
    vertx.cancelTimer(deadline);
  }
}
