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
  private final Map<String, Pool> pools;

  private RouteTable(List<Destination> destinations, Map<String, Pool> pools) {
    this.destinations = destinations;
    this.pools = pools;
  }

  /**
   * Reads the TLS files of all routes; blocks.
   *
   * @param pools of the backends of this snapshot, by name
   * @throws TlsMaterialException if one is not what it should be
   */
  public static RouteTable load(Snapshot topology, Map<String, Pool> pools)
      throws TlsMaterialException {
    List<Destination> destinations = new ArrayList<>();
    ServerContexts contexts = new ServerContexts();
    for (Route route : topology.routes()) {
      Pool pool = Objects.requireNonNull(pools.get(route.backend()), route.backend());
      destinations.add(new Destination(route, pool, contexts.of(pool.backend(), route.login())));
    }
    return new RouteTable(List.copyOf(destinations), pools);
  }

  /** The servers of all backends, by the backends' names. */
  public Map<String, Pool> pools() {
    return pools;
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
