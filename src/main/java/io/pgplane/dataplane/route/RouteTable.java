package io.pgplane.dataplane.route;

import io.pgplane.dataplane.fleet.Pool;
import io.pgplane.dataplane.tls.ClientTls;
import io.pgplane.dataplane.tls.TlsMaterialException;
import io.pgplane.failure.ErrorReport;
import io.pgplane.failure.Failure;
import io.pgplane.failure.FailureKind;
import io.pgplane.failure.SqlState;
import io.pgplane.protocol.wire.StartupMessage;
import io.pgplane.topology.Route;
import io.pgplane.topology.Snapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The routes of a snapshot, ready to be taken. */
public final class RouteTable {
  private final List<Destination> destinations;
  private final List<Approach> approaches;

  private RouteTable(List<Destination> destinations, List<Approach> approaches) {
    this.destinations = destinations;
    this.approaches = approaches;
  }

  /**
   * Reads the TLS files of all backends and routes; blocks.
   *
   * @param pools of the backends of this snapshot, by name
   * @throws TlsMaterialException if one is not what it should be
   */
  public static RouteTable load(Snapshot topology, Map<String, Pool> pools)
      throws TlsMaterialException {
    Approaches approaches = new Approaches();
    List<Approach> backends = new ArrayList<>();
    for (Pool pool : pools.values()) {
      backends.add(approaches.to(pool));
    }
    List<Destination> destinations = new ArrayList<>();
    for (Route route : topology.routes()) {
      Pool pool = Objects.requireNonNull(pools.get(route.backend()), route.backend());
      destinations.add(new Destination(route, approaches.to(pool, route.login())));
    }
    return new RouteTable(List.copyOf(destinations), List.copyOf(backends));
  }

  /** The ways to all backends, for those who show no certificate there. */
  public List<Approach> approaches() {
    return approaches;
  }

  /**
   * The destination of the first route that takes the login.
   *
   * @param tls of the client's connection
   * @throws Failure if none does: to the client, a database that is not there
   */
  public Destination choose(StartupMessage startup, ClientTls tls) {
    String database = startup.database().text();
    String user = startup.user().text();
    String sni = tls.serverName().orElse("");
    for (Destination destination : destinations) {
      if (destination.route().match().matches(database, user, sni)) {
        return destination;
      }
    }
    throw Failure.told(
            FailureKind.CLIENT,
            new ErrorReport(
                SqlState.INVALID_CATALOG_NAME, "database \"" + database + "\" does not exist"))
        .because("no route for database \"" + database + "\" and user \"" + user + "\"");
  }
}
