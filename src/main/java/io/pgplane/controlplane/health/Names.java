package io.pgplane.controlplane.health;

import static java.util.Comparator.comparing;

import io.pgplane.dataplane.fleet.Fleet;
import io.pgplane.dataplane.fleet.Pool;
import io.pgplane.dataplane.stream.HostResolver;
import io.pgplane.topology.Backend;
import io.pgplane.topology.Server;
import io.vertx.core.AsyncResult;
import java.net.InetAddress;
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

  private final HostResolver resolver;
  private final Fleet fleet;
  private final Runnable changed;
  private final Set<Asked> underWay = new HashSet<>();

  private record Asked(String backend, Server server) {}

  private final Set<String> failed = new HashSet<>();

  /**
   * Looks up by the resolver that also serves the connections.
   *
   * @param changed told when a server has come or gone
   */
  Names(HostResolver resolver, Fleet fleet, Runnable changed) {
    this.resolver = resolver;
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
        resolver.resolve(server.host()).onComplete(answer -> take(pool, server, answer));
      }
    }
  }

  private void take(Pool pool, Server server, AsyncResult<List<InetAddress>> answer) {
    underWay.remove(new Asked(pool.backend().name(), server));
    if (answer.failed()) {
      if (failed.add(server.host())) {
        LOG.warn("cannot resolve {}: {}", server.host(), answer.cause().getMessage());
      }
      return;
    }
    failed.remove(server.host());
    // A server with an address of each family is one server. A name service gives them in any
    // order, and the policy `first` needs a stable one.
    Class<?> family = answer.result().get(0).getClass();
    List<InetAddress> addresses =
        answer.result().stream()
            .filter(family::isInstance)
            .sorted(comparing(InetAddress::getHostAddress))
            .toList();
    if (fleet.resolved(pool, server, addresses)) {
      LOG.info(
          "{} of backend {} is at {}",
          server.host(),
          pool.backend().name(),
          addresses.stream().map(InetAddress::getHostAddress).toList());
      changed.run();
    }
  }
}
