package io.pgplane.dataplane.route;

import io.pgplane.dataplane.backend.Target;
import io.pgplane.dataplane.tls.ServerTlsContext;
import io.pgplane.dataplane.tls.TlsMaterialException;
import io.pgplane.failure.ErrorReport;
import io.pgplane.failure.Failure;
import io.pgplane.failure.FailureKind;
import io.pgplane.failure.SqlState;
import io.pgplane.protocol.wire.CString;
import io.pgplane.protocol.wire.StartupMessage;
import io.pgplane.protocol.wire.StartupOptions;
import io.pgplane.topology.Backend;
import io.pgplane.topology.LoginFacts;
import io.pgplane.topology.NoRouteException;
import io.pgplane.topology.Role;
import io.pgplane.topology.Route;
import io.pgplane.topology.Routing;
import io.pgplane.topology.ServerTls;
import io.pgplane.topology.Snapshot;
import io.pgplane.topology.Way;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** The routes of a snapshot, ready to be taken. */
public final class RouteTable {
  private final Routing routing;

  /** Of some routes there are several: those whose backend's name has captures. */
  private final Map<Names, Destination> destinations;

  private record Names(String route, String backend) {}

  private RouteTable(Routing routing, Map<Names, Destination> destinations) {
    this.routing = routing;
    this.destinations = destinations;
  }

  /**
   * Reads the TLS files of all routes; blocks.
   *
   * @throws TlsMaterialException if one is not what it should be
   */
  public static RouteTable load(Snapshot topology) throws TlsMaterialException {
    Map<Names, Destination> destinations = new HashMap<>();
    for (Route route : topology.routes()) {
      for (Backend backend : topology.backends(route)) {
        destinations.put(
            new Names(route.name(), backend.name()),
            new Destination(route, targets(route, backend)));
      }
    }
    return new RouteTable(new Routing(topology), destinations);
  }

  /**
   * Where the first route takes the login that matches it, or the one that the client wishes for.
   *
   * @param startup the client's own packet
   * @throws Failure if there is none: to the client, a database that is not there
   */
  public Choice choose(LoginFacts login, StartupMessage startup) {
    StartupOptions options = startup.options();
    Way way;
    try {
      way = routing.take(login, options.route());
    } catch (NoRouteException e) {
      throw Failure.told(
              FailureKind.CLIENT,
              new ErrorReport(
                  SqlState.INVALID_CATALOG_NAME,
                  "database \"" + login.database() + "\" does not exist"))
          .because(e.getMessage());
    }
    Destination destination = destinations.get(new Names(way.route().name(), way.backend().name()));
    return new Choice(
        Objects.requireNonNull(destination),
        options.targetSessionAttrs().map(Role::of).orElse(Role.ANY),
        startup,
        way.database().map(CString::of).orElse(startup.database()));
  }

  private static List<Target> targets(Route route, Backend backend) throws TlsMaterialException {
    ServerTls tls = backend.tls();
    Optional<ServerTlsContext> context =
        tls.mode() == ServerTls.Mode.DISABLE
            ? Optional.empty()
            : Optional.of(ServerTlsContext.load(tls, route.login()));
    return backend.servers().stream()
        .map(server -> new Target(server, tls.mode(), context, Optional.empty()))
        .toList();
  }
}
