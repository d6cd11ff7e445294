package io.pgplane.dataplane.fleet;

import static io.pgplane.dataplane.fleet.Fleets.adopt;
import static io.pgplane.dataplane.fleet.Fleets.backend;
import static io.pgplane.dataplane.fleet.Fleets.seat;
import static io.pgplane.dataplane.fleet.Fleets.server;
import static io.pgplane.dataplane.fleet.Fleets.standby;
import static io.pgplane.dataplane.fleet.Fleets.wish;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.dataplane.limit.Patience;
import io.pgplane.testkit.Await;
import io.pgplane.testkit.Proxy;
import io.pgplane.topology.Balancing;
import io.pgplane.topology.Balancing.Policy;
import io.pgplane.topology.Role;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Logins that wait for a place at a server. */
class PoolQueueTest {
  private static final Balancing FIRST = Balancing.of(Policy.FIRST);

  private final Vertx vertx = Vertx.vertx();
  private final Fleet fleet = new Fleet();

  @AfterEach
  void close() {
    Proxy.result(vertx.close());
  }

  @Test
  void letsWhoWaitsInWhenTheLimitOfTheBackendIsRaised() {
    Pool before = adopt(fleet, backend(FIRST.limitedTo(1), server(0)));
    seat(before, wish());
    Future<Seat> first = enter(before, wish());
    Future<Seat> second = enter(before, wish());

    adopt(fleet, backend(FIRST.limitedTo(2), server(0)));

    Await.until("it has a seat", first::succeeded);
    assertThat(second.isComplete()).isFalse();
    assertThat(fleet.waiting()).isEqualTo(1);
  }

  @Test
  void letsWhoWaitsInWhenTheLimitOfAServerIsRaised() {
    Pool before = adopt(fleet, backend(FIRST, server(0).limitedTo(1)));
    seat(before, wish());
    Future<Seat> waits = enter(before, wish());

    adopt(fleet, backend(FIRST, server(0).limitedTo(2)));

    Await.until("it has a seat", waits::succeeded);
  }

  @Test
  void holdsALimitThatWasLoweredForThoseWhoWait() {
    Pool before = adopt(fleet, backend(FIRST.limitedTo(2), server(0)));
    Seat first = seat(before, wish());
    Seat second = seat(before, wish());
    Future<Seat> waits = enter(before, wish());

    adopt(fleet, backend(FIRST.limitedTo(1), server(0)));
    first.release();

    assertThat(waits.isComplete()).isFalse();
    second.release();
    Await.until("it has a seat", waits::succeeded);
  }

  @Test
  void sendsWhoWaitsToTheServersOfAReloadAndToThoseThatDrainNoMore() {
    Pool before = adopt(fleet, backend(FIRST, server(0).limitedTo(1)));
    Seat first = seat(before, wish());
    Future<Seat> waits = enter(before, wish());

    adopt(fleet, backend(FIRST, server(0).limitedTo(1).draining(), server(1).limitedTo(1)));
    first.release();

    Await.until("it has a seat", waits::succeeded);
    assertThat(waits.result().server().host()).isEqualTo("10.0.0.1");
  }

  @Test
  void doesNotHoldUpLoginsThatMayGoElsewhere() {
    Pool pool = adopt(fleet, backend(FIRST, server(0), server(1).limitedTo(1)));
    pool.servers().get(0).probed(Fleets.primary());
    pool.servers().get(1).probed(standby(Duration.ZERO));
    seat(pool, wish(Role.STANDBY));
    Future<Seat> second = enter(pool, wish(Role.STANDBY));

    Future<Seat> writer = enter(pool, wish(Role.PRIMARY));

    assertThat(writer.succeeded()).isTrue();
    assertThat(second.isComplete()).isFalse();
  }

  @Test
  void servesWhoWaitsWhenAServerComesBack() {
    Pool pool = adopt(fleet, backend(FIRST, server(0).limitedTo(1), server(1).limitedTo(1)));
    pool.servers().get(1).probed(Health.down("gone"));
    seat(pool, wish());
    Future<Seat> waits = enter(pool, wish());
    assertThat(waits.isComplete()).isFalse();

    pool.servers().get(1).probed(Fleets.primary());

    Await.until("it has a seat at the server that is back", waits::succeeded);
    assertThat(waits.result().server()).isSameAs(pool.servers().get(1));
  }

  private Future<Seat> enter(Pool pool, Wish wish) {
    Promise<Future<Seat>> entered = Promise.promise();
    Future<Void> never = Promise.<Void>promise().future();
    vertx
        .getOrCreateContext()
        .runOnContext(now -> entered.complete(pool.enter(wish, new Patience(10, 60_000), never)));
    return Proxy.result(entered.future());
  }
}
