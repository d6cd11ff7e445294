package io.pgplane.dataplane.cancel;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/**
 * The cancel requests for one session: one is sent at a time, and all that arrive meanwhile share
 * the one that is sent after it. So none is lost. A sender with the key can have the server dialled
 * repeatedly, but never twice at once.
 */
final class CancelTurns {
  private static final State IDLE = new State(false, Optional.empty());
  private static final State BUSY = new State(true, Optional.empty());

  /** A request to send, its event loop, and its completion. */
  private record Turn(
      Supplier<Future<Void>> sending, ContextInternal context, Promise<Void> ended) {}

  private record State(boolean busy, Optional<Turn> waiting) {
    State with(Turn next) {
      return !busy ? BUSY : waiting.isPresent() ? this : new State(true, Optional.of(next));
    }

    State afterOne() {
      return waiting.isPresent() ? BUSY : IDLE;
    }
  }

  private final AtomicReference<State> state = new AtomicReference<>(IDLE);

  /**
   * Sends a request now, or after the one that is under way. Must be called on an event loop.
   *
   * @return the end of the request that covers this one; completed on any event loop
   */
  Future<Void> take(Supplier<Future<Void>> sending) {
    ContextInternal context = ContextInternal.current();
    Turn own = new Turn(sending, context, context.promise());
    State before = state.getAndUpdate(now -> now.with(own));
    if (!before.busy()) {
      begin(own);
    }
    return before.waiting().orElse(own).ended().future();
  }

  private void begin(Turn turn) {
    Future.succeededFuture()
        .compose(now -> turn.sending().get())
        .onComplete(
            done -> {
              State before = state.getAndUpdate(State::afterOne);
              before.waiting().ifPresent(next -> next.context().runOnContext(now -> begin(next)));
            })
        .onComplete(turn.ended());
  }
}
