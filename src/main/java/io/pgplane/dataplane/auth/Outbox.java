package io.pgplane.dataplane.auth;

import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * What other members are to be told, some at a time. Bounded: what is too much is not told, as who
 * guesses that fast is noticed without it. Used from all event loops.
 */
final class Outbox {
  private static final int MOST = 1_000;
  private static final long PAUSE_MILLIS = 100;

  private final Vertx vertx;
  private final Consumer<List<LoginOutcome>> others;
  private final Queue<LoginOutcome> queue = new ConcurrentLinkedQueue<>();
  private final AtomicInteger size = new AtomicInteger();
  private final AtomicBoolean due = new AtomicBoolean();

  Outbox(Vertx vertx, Consumer<List<LoginOutcome>> others) {
    this.vertx = vertx;
    this.others = others;
  }

  void add(LoginOutcome outcome) {
    if (size.incrementAndGet() > MOST) {
      size.decrementAndGet();
      return;
    }
    queue.add(outcome);
    if (due.compareAndSet(false, true)) {
      vertx.setTimer(PAUSE_MILLIS, fired -> send());
    }
  }

  private void send() {
    due.set(false); // what comes from now on has a timer of its own
    List<LoginOutcome> batch = new ArrayList<>();
    for (LoginOutcome next = queue.poll(); next != null; next = queue.poll()) {
      batch.add(next);
    }
    size.addAndGet(-batch.size());
    if (!batch.isEmpty()) {
      others.accept(batch);
    }
  }
}
