package io.pgplane.controlplane.health;

import io.pgplane.dataplane.fleet.Health;
import io.pgplane.dataplane.fleet.ServerState;
import io.pgplane.dataplane.route.Approach;
import io.pgplane.failure.Fault;
import io.pgplane.observability.LogKey;
import io.pgplane.topology.HealthCheck;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at one server again and again, one probe at a time, and counts what comes of it. Confined
 * to one event loop.
 */
final class ServerWatch {
  private static final Logger LOG = LoggerFactory.getLogger(ServerWatch.class);

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

  /**
   * Begins after a while.
   *
   * @param millis until the first probe
   */
  ServerWatch(
      HealthVerticle.Tools tools,
      ServerState server,
      HealthCheck check,
      Approach approach,
      long millis) {
    this.tools = tools;
    this.server = server;
    this.check = check;
    this.approach = approach;
    probeIn(millis);
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
            (finding, e) -> {
              if (stopped) {
                return;
              }
              if (e == null) {
                rise(by, finding);
              } else {
                failed(by, e);
              }
              looked.tryComplete();
              long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
              probeIn(by.interval().toMillis() - took);
            });
  }

  /**
   * A server that answers is alive, even if it refuses the login. A shortage of this machine proves
   * nothing.
   */
  private void failed(HealthCheck by, Throwable e) {
    String reason = LogKey.printable(String.valueOf(e.getMessage()));
    switch (Fault.of(e)) {
      case SERVER -> fall(by, reason);
      case CLIENT, CONFIGURATION ->
          rise(by, new Probe.Finding(Optional.empty(), Optional.of(reason)));
      case LOCAL -> LOG.debug("no probe of {}: {}", server, reason);
    }
  }

  /** Values that the server does not report stay as last known. */
  private void rise(HealthCheck by, Probe.Finding finding) {
    bad = 0;
    good++;
    Health before = server.health();
    if (before.status() != Health.Status.DOWN || good >= by.rise()) {
      server.probed(Health.up(finding.roles().or(before::roles), finding.refused()));
    }
  }

  private void fall(HealthCheck by, String reason) {
    good = 0;
    bad++;
    if (bad >= by.fall()) {
      server.probed(Health.down(reason));
    }
  }

  private void probeIn(long millis) {
    double early = 1 - JITTER * ThreadLocalRandom.current().nextDouble();
    timer = tools.vertx().setTimer(Math.max(1, (long) (millis * early)), fired -> probe());
  }
}
