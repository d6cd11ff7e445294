package io.pgplane.dataplane.fleet;

import static io.pgplane.dataplane.fleet.Fleets.backend;
import static io.pgplane.dataplane.fleet.Fleets.seat;
import static io.pgplane.dataplane.fleet.Fleets.server;
import static io.pgplane.dataplane.fleet.Fleets.wish;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.dataplane.limit.Patience;
import io.pgplane.testkit.Proxy;
import io.pgplane.topology.Balancing;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Logins that wait for a place at a server, and what lets them in. */
class WaitingTest {
  private final Vertx vertx = Vertx.vertx();
  private final Fleet fleet = new Fleet();

  @AfterEach
  void close() {
    Proxy.result(vertx.close());
  }

  @Test
  void goesToAServerThatComesBack() {
    Pool pool = Fleets.adopt(fleet, backend(Balancing.DEFAULTS, server(0).limitedTo(1), server(1)));
    ServerState away = pool.servers().get(1);
    away.probed(Health.down("gone"));
    seat(pool, wish());
    Future<Seat> waiting = enter(pool);
    assertThat(waiting.isComplete()).isFalse();

    away.probed(Health.up(Optional.empty()));

    assertThat(Proxy.result(waiting).server()).isSameAs(away);
  }

  private Future<Seat> enter(Pool pool) {
    Promise<Future<Seat>> entered = Promise.promise();
    vertx.runOnContext(
        now ->
            entered.complete(
                pool.enter(wish(), new Patience(10, 60_000), Promise.<Void>promise().future())));
    return Proxy.result(entered.future());
  }
}
