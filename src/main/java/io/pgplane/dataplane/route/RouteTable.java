package io.pgplane.dataplane.route;

import io.pgplane.dataplane.backend.Target;
import io.pgplane.dataplane.tls.ClientTls;
import io.pgplane.dataplane.tls.ServerTlsContext;
import io.pgplane.dataplane.tls.TlsMaterialException;
import io.pgplane.failure.ErrorReport;
import io.pgplane.failure.Failure;
import io.pgplane.failure.FailureKind;
import io.pgplane.failure.SqlState;
import io.pgplane.protocol.wire.StartupMessage;
import io.pgplane.topology.Backend;
import io.pgplane.topology.Route;
import io.pgplane.topology.ServerTls;
import io.pgplane.topology.Snapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The routes of a snapshot, ready to be taken. */
public final class RouteTable {
  private final List<Destination> destinations;

  private RouteTable(List<Destination> destinations) {
    this.destinations = destinations;
  }

  /**
   * Reads the TLS files of all routes; blocks.
   *
   * @throws TlsMaterialException if one is not what it should be
   */
  public static RouteTable load(Snapshot topology) throws TlsMaterialException {
    List<Destination> destinations = new ArrayList<>();
    for (Route route : topology.routes()) {
      destinations.add(new Destination(route, targets(route, topology.backend(route))));
    }
    return new RouteTable(List.copyOf(destinations));
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

  private static List<Target> targets(Route route, Backend backend) throws TlsMaterialException {
    ServerTls tls = backend.tls();
    Optional<ServerTlsContext> context =
        tls.mode() == ServerTls.Mode.DISABLE
            ? Optional.empty()
            : Optional.of(ServerTlsContext.load(tls, route.login()));
    return backend.servers().stream()
        .map(
            server ->
                new Target(server, tls.mode(), context, backend.proxyProtocol(), Optional.empty()))
        .toList();
  }
}
