package io.pgplane.dataplane.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.failure.Failure;
import io.pgplane.testkit.Await;
import io.pgplane.testkit.Proxy;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PlacesTest {
  private static final Limit TWO = new Limit(Limit.Kind.ROUTE, "app", 2);
  private static final Patience LONG = new Patience(1_000, 60_000);

  private final Vertx vertx = Vertx.vertx();
  private final Places places = new Places();
  private final Future<Void> never = Promise.<Void>promise().future();

  @AfterEach
  void close() {
    Proxy.result(vertx.close());
  }

  @Test
  void givesAsManyPlacesAsThereAre() {
    assertThat(enter(TWO, Patience.NONE).succeeded()).isTrue();
    assertThat(enter(TWO, Patience.NONE).succeeded()).isTrue();

    Future<Place> third = enter(TWO, Patience.NONE);

    assertThat(third.cause())
        .isInstanceOfSatisfying(
            Failure.class,
            refused -> {
              assertThat(refused.report().orElseThrow().sqlState()).isEqualTo("53300");
              assertThat(refused.report().orElseThrow().message())
                  .isEqualTo("too many connections for route \"app\"");
              assertThat(refused.report().orElseThrow().detail())
                  .contains("Limited by the route's connectionLimit, 2.");
            });
    assertThat(places.taken()).isEqualTo(2);
  }

  @Test
  void countsWithoutALimitToo() {
    Limit none = new Limit(Limit.Kind.ROUTE, "app", 0);
    enter(none, Patience.NONE);
    enter(none, Patience.NONE);

    places.limits(limit -> 2);

    assertThat(enter(none, Patience.NONE).failed()).isTrue();
  }

  @Test
  void letsTheQueueInWhenTheLimitIsRaised() {
    taken();
    taken();
    List<Future<Place>> queue = List.of(enter(TWO, LONG), enter(TWO, LONG), enter(TWO, LONG));

    places.limits(limit -> 4);

    Await.until("two more are in", () -> queue.get(1).succeeded());
    assertThat(queue.get(0).succeeded()).isTrue();
    assertThat(queue.get(2).isComplete()).isFalse();
  }

  @Test
  void holdsALimitThatWasLoweredForThoseWhoWait() {
    Place first = taken();
    Place second = taken();
    Future<Place> waits = enter(TWO, LONG);

    places.limits(limit -> 1);
    first.release();

    assertThat(waits.isComplete()).isFalse();
    second.release();
    Await.until("it is in", waits::succeeded);
  }

  @Test
  void tellsTheLimitThatIsInForce() {
    taken();
    taken();
    places.limits(limit -> 1);

    assertThat(enter(TWO, Patience.NONE).cause()).hasMessageContaining("connectionLimit, 1.");
  }

  @Test
  void forgetsAPlaceThatIsGivenBackTwiceOnlyOnce() {
    Place one = Proxy.result(enter(TWO, Patience.NONE));
    enter(TWO, Patience.NONE);

    one.release();
    one.release();

    assertThat(places.taken()).isEqualTo(1);
  }

  @Test
  void servesThoseWhoWaitInTheOrderInWhichTheyCame() {
    Queue<Place> held = new ArrayDeque<>(List.of(taken(), taken()));
    Queue<Integer> served = new ConcurrentLinkedQueue<>();
    Queue<Place> granted = new ConcurrentLinkedQueue<>();
    for (int i = 0; i < 5; i++) {
      int number = i;
      enter(TWO, LONG)
          .onSuccess(
              place -> {
                served.add(number);
                granted.add(place);
              });
    }
    assertThat(served).isEmpty();

    for (int i = 0; i < 5; i++) {
      int now = i + 1;
      (held.isEmpty() ? granted : held).remove().release();
      Await.until("one more is served", () -> served.size() == now);
    }

    assertThat(served).containsExactly(0, 1, 2, 3, 4);
  }

  @Test
  void refusesWhoComesToAFullQueue() {
    Patience one = new Patience(1, 60_000);
    taken();
    taken();
    Future<Place> first = enter(TWO, one);

    Future<Place> second = enter(TWO, one);

    assertThat(first.isComplete()).isFalse();
    assertThat(second.cause()).hasMessageContaining("1 wait already");
  }

  @Test
  void hasAPlaceForWhoIsNotBoundByWhatTheOthersWaitFor() {
    taken();
    taken();
    enter(TWO, new Patience(1, 60_000));

    Future<Place> superuser =
        enter(new Limit(Limit.Kind.ROUTE, "app", 2, 1), new Patience(1, 60_000));

    assertThat(superuser.succeeded()).isTrue();
  }

  @Test
  void letsNobodyWaitLongerThanItsPatience() {
    taken();
    taken();

    Future<Place> third = enter(TWO, new Patience(10, 20));

    Await.until("it has given up", third::failed);
    assertThat(third.cause()).hasMessageContaining("waited 20 ms for a place");
  }

  @Test
  void forgetsWhoHasLeftTheQueue() {
    Place first = taken();
    Place second = taken();
    Promise<Void> gone = Promise.promise();
    Future<Place> left = enter(TWO, LONG, gone.future());
    Future<Place> stays = enter(TWO, LONG);

    gone.complete();
    first.release();

    Await.until("the next one is served", stays::succeeded);
    assertThat(left.failed()).isTrue();
    second.release();
    stays.result().release();
    assertThat(places.taken()).isZero();
  }

  /** Many threads, each a session at a time: never more inside than may be, and all get in. */
  @Test
  void neverHasMoreInsideThanTheLimitWhoeverComes() {
    Limit three = new Limit(Limit.Kind.USER, "alice", 3);
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    AtomicInteger done = new AtomicInteger();
    List<Context> contexts = new ArrayList<>();
    IntStream.range(0, 4).forEach(i -> contexts.add(vertx.getOrCreateContext()));
    int sessions = 4_000;
    Patience patience = new Patience(sessions, 60_000);
    for (int i = 0; i < sessions; i++) {
      Context context = contexts.get(i % contexts.size());
      context.runOnContext(
          now ->
              places
                  .enter(three, patience, never)
                  .onSuccess(
                      place -> {
                        most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                        context.runOnContext(
                            later -> {
                              inside.decrementAndGet();
                              place.release();
                              done.incrementAndGet();
                            });
                      }));
    }

    Await.until("all have been inside", () -> done.get() == sessions);

    assertThat(most.get()).isEqualTo(3);
    assertThat(places.taken()).isZero();
  }

  /** Who gives up just as a place comes back neither has it nor takes it with him. */
  @Test
  void losesNoPlaceToThoseWhoGiveUp() {
    Limit one = new Limit(Limit.Kind.USER, "bob", 1);
    AtomicInteger done = new AtomicInteger();
    List<Context> contexts = new ArrayList<>();
    IntStream.range(0, 4).forEach(i -> contexts.add(vertx.getOrCreateContext()));
    int sessions = 4_000;
    for (int i = 0; i < sessions; i++) {
      Context context = contexts.get(i % contexts.size());
      Patience brief = new Patience(sessions, 1 + i % 5);
      context.runOnContext(
          now ->
              places
                  .enter(one, brief, never)
                  .onComplete(
                      (place, refused) -> {
                        if (place != null) {
                          place.release();
                        }
                        done.incrementAndGet();
                      }));
    }

    Await.until("all have been inside or given up", () -> done.get() == sessions);

    assertThat(places.taken()).isZero();
    assertThat(places.waiting()).isZero();
    Place last = Proxy.result(enter(one, Patience.NONE));
    assertThat(enter(one, Patience.NONE).failed()).isTrue();
    last.release();
    assertThat(places.taken()).isZero();
  }

  private Place taken() {
    return Proxy.result(enter(TWO, Patience.NONE));
  }

  private Future<Place> enter(Limit limit, Patience patience) {
    return enter(limit, patience, never);
  }

  /** Entered on a context, and looked at from here. */
  private Future<Place> enter(Limit limit, Patience patience, Future<Void> gone) {
    Promise<Future<Place>> entered = Promise.promise();
    vertx
        .getOrCreateContext()
        .runOnContext(now -> entered.complete(places.enter(limit, patience, gone)));
    return Proxy.result(entered.future());
  }
}
