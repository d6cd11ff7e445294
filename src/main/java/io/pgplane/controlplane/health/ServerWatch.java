package io.pgplane.controlplane.health;

import io.pgplane.dataplane.backend.ServerRefusal;
import io.pgplane.dataplane.fleet.Health;
import io.pgplane.dataplane.fleet.ServerState;
import io.pgplane.dataplane.route.Approach;
import io.pgplane.failure.SqlState;
import io.pgplane.observability.LogKey;
import io.pgplane.topology.HealthCheck;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * Looks at one server again and again, one probe at a time, and counts what comes of it. Confined
 * to one event loop.
 */
final class ServerWatch {
  /** Probes of many servers, and of many members, shall not stay in step. */
  private static final double JITTER = 0.1;

  private final HealthVerticle.Tools tools;
  private final ServerState server;
  private final Promise<Void> looked = Promise.promise();
  private HealthCheck check;
  private Approach approach;
  private long timer;
  private int good;
  private int bad;
  private boolean stopped;

  ServerWatch(
      HealthVerticle.Tools tools, ServerState server, HealthCheck check, Approach approach) {
    this.tools = tools;
    this.server = server;
    this.check = check;
    this.approach = approach;
    probeIn(0);
  }

  /** Goes by another configuration from the next probe on. */
  void use(HealthCheck otherCheck, Approach otherApproach) {
    check = otherCheck;
    approach = otherApproach;
  }

  /** Completed when the server has been looked at for the first time. */
  Future<Void> looked() {
    return looked.future();
  }

  void stop() {
    stopped = true;
    looked.tryComplete();
    tools.vertx().cancelTimer(timer);
    server.unprobed();
  }

  private void probe() {
    long begin = System.nanoTime();
    HealthCheck by = check;
    new Probe(tools, by)
        .at(approach.target(server))
        .onComplete(
            (roles, e) -> {
              if (stopped) {
                return;
              }
              if (e == null) {
                rise(by, roles);
              } else if (!isFull(e)) {
                fall(by, String.valueOf(e.getMessage()));
              }
              looked.tryComplete();
              long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
              probeIn(by.interval().toMillis() - took);
            });
  }

  private void rise(HealthCheck by, Optional<Health.Roles> roles) {
    bad = 0;
    good++;
    if (server.health().status() != Health.Status.DOWN || good >= by.rise()) {
      server.probed(Health.up(roles));
    }
  }

  private void fall(HealthCheck by, String reason) {
    good = 0;
    bad++;
    if (bad >= by.fall()) {
      server.probed(Health.down(LogKey.printable(reason)));
    }
  }

  /** A server that has no connection left for a probe is busy, and not down. */
  private static boolean isFull(Throwable e) {
    return e instanceof ServerRefusal refusal
        && refusal.sqlState().equals(SqlState.TOO_MANY_CONNECTIONS);
  }

  private void probeIn(long millis) {
    double early = 1 - JITTER * ThreadLocalRandom.current().nextDouble();
    timer = tools.vertx().setTimer(Math.max(1, (long) (millis * early)), fired -> probe());
  }
}
