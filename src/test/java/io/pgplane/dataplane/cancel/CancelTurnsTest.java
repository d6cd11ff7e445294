package io.pgplane.dataplane.cancel;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.testkit.Await;
import io.pgplane.testkit.Proxy;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class CancelTurnsTest {
  private static Vertx vertx;

  private final CancelTurns turns = new CancelTurns();
  private final Queue<Promise<Void>> sent = new ConcurrentLinkedQueue<>();

  @BeforeAll
  static void start() {
    vertx = Vertx.vertx();
  }

  @AfterAll
  static void stop() {
    Proxy.result(vertx.close());
  }

  @Test
  void sendOneAtATimeAndOneMoreForAllThatCameMeanwhile() {
    Future<Void> first = take(this::pending);
    Future<Void> second = take(this::pending);
    Future<Void> third = take(this::pending);
    assertThat(sent).hasSize(1);

    next().complete();
    Proxy.result(first);
    assertThat(second.isComplete() || third.isComplete()).isFalse();

    next().complete();
    Proxy.result(second);
    Proxy.result(third);
    assertThat(sent).isEmpty();
  }

  @Test
  void sendAgainAfterTheLast() {
    for (int i = 0; i < 3; i++) {
      Future<Void> one = take(this::pending);
      next().complete();
      Proxy.result(one);
    }
  }

  @Test
  void goOnAfterOneThatFailsOrThrows() {
    Future<Void> first = take(this::pending);
    Future<Void> second =
        take(
            () -> {
              throw new IllegalStateException("thrown");
            });

    next().fail("refused");

    assertThat(failure(first)).isEqualTo("refused");
    assertThat(failure(second)).isEqualTo("thrown");
    Future<Void> third = take(this::pending);
    next().complete();
    Proxy.result(third);
  }

  @Test
  void areSentOnTheEventLoopOfTheRequest() {
    take(this::pending);
    Context context = ((VertxInternal) vertx).createEventLoopContext();
    Promise<Context> where = Promise.promise();
    context.runOnContext(
        now ->
            turns.take(
                () -> {
                  where.complete(Vertx.currentContext());
                  return Future.succeededFuture();
                }));

    take(() -> Future.succeededFuture()); // comes after it, on whichever event loop
    next().complete();

    assertThat(Proxy.result(where.future())).isEqualTo(context);
  }

  @Test
  void neverSendTwoAtOnceAndLoseNoneInARace() {
    AtomicInteger underWay = new AtomicInteger();
    AtomicInteger sentInAll = new AtomicInteger();
    Supplier<Future<Void>> sending =
        () -> {
          assertThat(underWay.incrementAndGet()).isOne();
          sentInAll.incrementAndGet();
          return vertx.timer(1).onComplete(done -> underWay.decrementAndGet()).mapEmpty();
        };
    for (int round = 0; round < 50; round++) {
      List<Future<Void>> all = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        all.add(take(sending));
      }
      Proxy.result(Future.all(all));
    }
    assertThat(sentInAll).hasValueBetween(50, 1_000);
  }

  private static String failure(Future<Void> future) {
    return Proxy.result(future.map("").otherwise(Throwable::getMessage));
  }

  /** On an event loop of its own; returns when the request is sent or waits. */
  private Future<Void> take(Supplier<Future<Void>> sending) {
    Promise<Future<Void>> taken = Promise.promise();
    ((VertxInternal) vertx)
        .createEventLoopContext()
        .runOnContext(now -> taken.complete(turns.take(sending)));
    return Proxy.result(taken.future());
  }

  private Future<Void> pending() {
    Promise<Void> promise = Promise.promise();
    sent.add(promise);
    return promise.future();
  }

  /** The one that is under way, once it is. */
  private Promise<Void> next() {
    Await.until("one is sent", () -> !sent.isEmpty());
    return sent.remove();
  }
}
