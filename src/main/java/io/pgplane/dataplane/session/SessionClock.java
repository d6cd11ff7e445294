package io.pgplane.dataplane.session;

import io.pgplane.dataplane.relay.Relay;
import io.pgplane.failure.Failure;
import io.pgplane.failure.Failures;
import io.pgplane.topology.Timeout;
import io.pgplane.topology.Timeouts;
import io.vertx.core.Vertx;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Ends a session that is idle for too long, or has lasted too long. One timer at a time, set to the
 * next moment at which there could be something to do: what passes meanwhile costs nothing.
 */
final class SessionClock {
  private final Vertx vertx;
  private final Relay relay;
  private final Consumer<Failure> end;
  private final long idle;
  private final long idleInTransaction;
  private final long lifetime;
  private final long began = System.nanoTime();
  private long timer = -1;
  private boolean outlived;

  /**
   * Begins with the first ReadyForQuery.
   *
   * @param mayIdle whether no idle time is too long: a replication waits for what is written
   */
  SessionClock(
      Vertx vertx, Relay relay, Timeouts timeouts, boolean mayIdle, Consumer<Failure> end) {
    this.vertx = vertx;
    this.relay = relay;
    this.end = end;
    this.idle = mayIdle ? 0 : timeouts.millis(Timeout.IDLE);
    this.idleInTransaction = mayIdle ? 0 : timeouts.millis(Timeout.IDLE_IN_TRANSACTION);
    this.lifetime = timeouts.millis(Timeout.LIFETIME);
    tick();
  }

  void stop() {
    vertx.cancelTimer(timer);
  }

  private void tick() {
    long quiet = relay.quietMillis();
    long age = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
    if (isDue(idle, relay.idle(), quiet)) {
      end.accept(Failures.idle());
    } else if (isDue(idleInTransaction, relay.idleInTransaction(), quiet)) {
      end.accept(Failures.idleInTransaction());
    } else {
      if (isDue(lifetime, !outlived, age)) {
        outlived = true;
        relay.whenIdle(() -> end.accept(Failures.lifetime()));
      }
      long next =
          Math.min(
              outlived ? Long.MAX_VALUE : left(lifetime, age),
              Math.min(
                  left(idle, relay.idle() ? quiet : 0),
                  left(idleInTransaction, relay.idleInTransaction() ? quiet : 0)));
      if (next < Long.MAX_VALUE) {
        timer = vertx.setTimer(next, fired -> tick());
      }
    }
  }

  private static boolean isDue(long timeout, boolean applies, long passed) {
    return timeout > 0 && applies && passed >= timeout;
  }

  private static long left(long timeout, long passed) {
    return timeout == 0 ? Long.MAX_VALUE : Math.max(1, timeout - passed);
  }
}
