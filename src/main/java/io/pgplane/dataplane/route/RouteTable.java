package io.pgplane.dataplane.route;

import io.pgplane.dataplane.fleet.Pool;
import io.pgplane.dataplane.tls.TlsContexts;
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
import io.pgplane.topology.Snapshot;
import io.pgplane.topology.Way;
import java.util.ArrayList;
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

  private final List<Approach> approaches;

  private record Names(String route, String backend) {}

  private RouteTable(
      Routing routing, Map<Names, Destination> destinations, List<Approach> approaches) {
    this.routing = routing;
    this.destinations = destinations;
    this.approaches = approaches;
  }

  /**
   * Reads the TLS files of all backends and routes; blocks.
   *
   * @param pools of the backends of this snapshot, by name
   * @param contexts give the TLS contexts of the configuration
   * @throws TlsMaterialException if one is not what it should be
   */
  public static RouteTable load(Snapshot topology, Map<String, Pool> pools, TlsContexts contexts)
      throws TlsMaterialException {
    Approaches approaches = new Approaches(contexts);
    List<Approach> backends = new ArrayList<>();
    for (Pool pool : pools.values()) {
      backends.add(approaches.to(pool));
    }
    Map<Names, Destination> destinations = new HashMap<>();
    for (Route route : topology.routes()) {
      for (Backend backend : topology.backends(route)) {
        Pool pool = Objects.requireNonNull(pools.get(backend.name()), backend.name());
        destinations.put(
            new Names(route.name(), backend.name()),
            new Destination(route, approaches.to(pool, route.login())));
      }
    }
    return new RouteTable(new Routing(topology), destinations, List.copyOf(backends));
  }

  /** The route of this name. */
  public Optional<Route> route(String name) {
    return routing.named(name);
  }

  /** The ways to all backends, for those who show no certificate there. */
  public List<Approach> approaches() {
    return approaches;
  }

  /**
   * Where the first route takes the login that matches it, or the one that the client wishes for.
   *
   * @param startup the client's own packet
   * @throws Failure if there is none: to the client, a database that is not there; or if the client
   *     asks for what the route does not let it choose
   */
  public Choice choose(LoginFacts login, StartupMessage startup) {
    StartupOptions options = startup.options();
    Way way;
    try {
      way = routing.take(login, options.route());
    } catch (NoRouteException e) {
      if (e.isOfWish()) {
        // One answer to all, so that a client does not learn which routes there are.
        throw denied("pgplane.route").because(e.getMessage());
      }
      throw Failure.told(
              FailureKind.CLIENT,
              new ErrorReport(
                  SqlState.INVALID_CATALOG_NAME,
                  "database \"" + login.database() + "\" does not exist"))
          .because(e.getMessage());
    }
    Role role = options.targetSessionAttrs().map(Role::of).orElse(Role.ANY);
    if (!way.route().grants(role)) {
      throw denied("pgplane.target_session_attrs")
          .because("route " + way.route().name() + " has a role and is not clientSelectable");
    }
    Destination destination = destinations.get(new Names(way.route().name(), way.backend().name()));
    return new Choice(
        Objects.requireNonNull(destination),
        role,
        startup,
        way.database().map(CString::of).orElse(startup.database()));
  }

  private static Failure denied(String setting) {
    return Failure.told(
        FailureKind.CLIENT,
        new ErrorReport(
            SqlState.INSUFFICIENT_PRIVILEGE,
            "permission denied to set parameter \"" + setting + "\""));
  }
}
