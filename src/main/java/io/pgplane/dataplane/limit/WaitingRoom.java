package io.pgplane.dataplane.limit;

import io.pgplane.failure.Failure;
import io.pgplane.failure.FailureKind;
import io.pgplane.failure.Failures;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.util.HashSet;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Those who wait for a place, first come first served. Used from any event loop, and locks none.
 *
 * @param <T> what they wait for
 */
public final class WaitingRoom<T extends Place> {
  private final Queue<Waiter> waiters = new ConcurrentLinkedQueue<>();
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicInteger calls = new AtomicInteger();

  /**
   * Who comes.
   *
   * @param kind equal for those who wait for the same: if one of them cannot be served, none can
   * @param take a place, if there is one; may throw the {@link Failure} that ends the waiting
   * @param gone completed when the visitor has left
   */
  public record Visitor<T>(Object kind, Supplier<Optional<T>> take, Future<Void> gone) {}

  /**
   * A place: now if nobody waits and there is one, or later in turn. Must be called on the context
   * of the visitor.
   *
   * @return fails with the limit's own failure if the room is full or the patience at its end
   */
  public Future<T> enter(Visitor<T> visitor, Limit limit, Patience patience) {
    if (nobodyWaitsForTheSame(visitor.kind())) {
      try {
        Optional<T> now = visitor.take().get();
        if (now.isPresent()) {
          return Future.succeededFuture(now.get());
        }
      } catch (Failure e) {
        return Future.failedFuture(e);
      }
    }
    if (waiting.incrementAndGet() > patience.length()) {
      waiting.decrementAndGet();
      String queue = patience.length() == 0 ? "" : "; " + patience.length() + " wait already";
      return Future.failedFuture(limit.exceeded(queue));
    }
    Waiter waiter = new Waiter(visitor);
    waiters.add(waiter);
    waiter.patience(limit, patience);
    visitor.gone().onComplete(left -> waiter.fail(gone()));
    freed(); // a place may have come back just before the waiter was in the queue
    return waiter.promise.future();
  }

  /** Who waits for something else has no claim to what this one could have. */
  private boolean nobodyWaitsForTheSame(Object kind) {
    return waiting.get() == 0
        || waiters.stream().noneMatch(waiter -> waiter.visitor.kind().equals(kind));
  }

  /** How many wait. */
  public int waiting() {
    return waiting.get();
  }

  /** To be called when there may be a place again: serves who waits, in order. */
  public void freed() {
    if (waiting.get() == 0 || calls.getAndIncrement() != 0) {
      return;
    }
    int seen = 1;
    do {
      serve();
      seen = calls.addAndGet(-seen);
    } while (seen != 0);
  }

  private static Failure gone() {
    return Failure.silent(FailureKind.DISCONNECT, "client has left while it waited for a place");
  }

  private void serve() {
    Set<Object> full = new HashSet<>();
    for (Waiter waiter : waiters) {
      if (!full.contains(waiter.visitor.kind()) && !waiter.serve()) {
        full.add(waiter.visitor.kind());
      }
    }
  }

  private final class Waiter {
    private final ContextInternal context = ContextInternal.current();
    private final Promise<T> promise = context.promise();
    private final Visitor<T> visitor;
    private final AtomicBoolean settled = new AtomicBoolean();
    private volatile long timer = -1;

    Waiter(Visitor<T> visitor) {
      this.visitor = visitor;
    }

    void patience(Limit limit, Patience patience) {
      if (patience.millis() == 0) {
        return;
      }
      timer =
          context
              .owner()
              .setTimer(
                  patience.millis(),
                  fired ->
                      fail(limit.exceeded("; waited " + patience.millis() + " ms for a place")));
      if (settled.get()) {
        context.owner().cancelTimer(timer);
      }
    }

    /** Whether there may be more places. */
    boolean serve() {
      if (settled.get()) {
        return true;
      }
      try {
        Optional<T> place = visitor.take().get();
        if (place.isEmpty()) {
          return settled.get();
        }
        if (settle()) {
          promise.complete(place.get());
        } else {
          place.get().release();
        }
      } catch (Failure e) {
        fail(e);
      } catch (RuntimeException e) {
        fail(Failures.internal(e));
      }
      return true;
    }

    void fail(Failure why) {
      if (settle()) {
        promise.fail(why);
      }
    }

    /** Leaves the queue; whether it was this call that did it. */
    private boolean settle() {
      if (!settled.compareAndSet(false, true)) {
        return false;
      }
      waiters.remove(this);
      waiting.decrementAndGet();
      context.owner().cancelTimer(timer);
      return true;
    }
  }
}
