package io.pgplane.dataplane.route;

import io.pgplane.dataplane.backend.Target;
import io.pgplane.dataplane.fleet.Pool;
import io.pgplane.dataplane.fleet.ServerState;
import io.pgplane.dataplane.tls.ServerTlsContext;
import io.pgplane.protocol.wire.CString;
import io.pgplane.topology.Role;
import io.pgplane.topology.Route;
import io.pgplane.topology.Server;
import io.pgplane.topology.ServerLogin;
import io.vertx.core.net.SocketAddress;
import java.net.InetSocketAddress;
import java.util.Optional;

/** Where the logins of one route go. */
public final class Destination {
  private final Route route;
  private final Pool pool;
  private final Optional<ServerTlsContext> tls;

  Destination(Route route, Pool pool, Optional<ServerTlsContext> tls) {
    this.route = route;
    this.pool = pool;
    this.tls = tls;
  }

  public Route route() {
    return route;
  }

  /** Where a login gets its place. */
  public Pool pool() {
    return pool;
  }

  /** Which servers the route allows. */
  public Role role() {
    return route.role();
  }

  /** The way to a server of the pool, for the logins of this route. */
  public Target target(ServerState server) {
    Optional<SocketAddress> address =
        server
            .address()
            .map(ip -> SocketAddress.inetSocketAddress(new InetSocketAddress(ip, server.port())));
    return new Target(
        new Server(server.host(), server.port()),
        pool.backend().tls().mode(),
        tls,
        pool.backend().proxyProtocol(),
        address);
  }

  /** The name to log in by at a server. */
  CString userAt(CString client) {
    ServerLogin login = route.login();
    if (login instanceof ServerLogin.Password password) {
      return CString.of(password.user());
    }
    if (login instanceof ServerLogin.Certificate certificate) {
      return CString.of(certificate.user());
    }
    return client;
  }
}
