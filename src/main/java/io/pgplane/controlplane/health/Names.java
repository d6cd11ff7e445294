package io.pgplane.controlplane.health;

import static java.util.Comparator.comparing;

import io.pgplane.dataplane.fleet.Fleet;
import io.pgplane.dataplane.fleet.Pool;
import io.pgplane.topology.Backend;
import io.pgplane.topology.Server;
import io.vertx.core.AsyncResult;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.internal.resolver.NameResolver;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks up the names of servers that count by their addresses. A look-up that fails changes
 * nothing: the last addresses that are known stay. Confined to one event loop.
 */
final class Names {
  private static final Logger LOG = LoggerFactory.getLogger(Names.class);

  private final NameResolver resolver;
  private final Fleet fleet;
  private final Runnable changed;
  private final Set<Asked> underWay = new HashSet<>();

  private record Asked(String backend, Server server) {}

  private final Set<String> failed = new HashSet<>();

  /**
   * Looks up by the resolver that also serves the connections, and that remembers each answer for
   * its TTL.
   *
   * @param changed told when a server has come or gone
   */
  Names(Vertx vertx, Fleet fleet, Runnable changed) {
    this.resolver = ((VertxInternal) vertx).nameResolver();
    this.fleet = fleet;
    this.changed = changed;
  }

  /** Begins the look-ups that a pool needs; one that is under way still is enough. */
  void lookUp(Pool pool) {
    if (pool.backend().resolve() == Backend.Resolve.FIRST) {
      return;
    }
    for (Server server : pool.backend().servers()) {
      if (underWay.add(new Asked(pool.backend().name(), server))) {
        resolver.resolveAll(server.host(), answer -> take(pool, server, answer));
      }
    }
  }

  private void take(Pool pool, Server server, AsyncResult<List<InetSocketAddress>> answer) {
    underWay.remove(new Asked(pool.backend().name(), server));
    if (answer.failed()) {
      if (failed.add(server.host())) {
        LOG.warn("cannot resolve {}: {}", server.host(), answer.cause().getMessage());
      }
      return;
    }
    failed.remove(server.host());
    // A name service gives them in any order, and the policy `first` goes by ours.
    List<InetAddress> addresses =
        answer.result().stream()
            .map(InetSocketAddress::getAddress)
            .distinct()
            .sorted(comparing(InetAddress::getHostAddress))
            .toList();
    if (!addresses.isEmpty() && fleet.resolved(pool, server, addresses)) {
      LOG.info(
          "{} of backend {} is at {}",
          server.host(),
          pool.backend().name(),
          addresses.stream().map(InetAddress::getHostAddress).toList());
      changed.run();
    }
  }
}
