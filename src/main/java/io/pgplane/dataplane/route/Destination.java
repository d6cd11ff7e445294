package io.pgplane.dataplane.route;

import io.pgplane.dataplane.backend.Target;
import io.pgplane.dataplane.fleet.Pool;
import io.pgplane.dataplane.fleet.ServerState;
import io.pgplane.protocol.wire.CString;
import io.pgplane.topology.Role;
import io.pgplane.topology.Route;
import io.pgplane.topology.ServerLogin;

/** Where the logins of one route go. */
public final class Destination {
  private final Route route;
  private final Approach approach;

  Destination(Route route, Approach approach) {
    this.route = route;
    this.approach = approach;
  }

  public Route route() {
    return route;
  }

  /** Where a login gets its place. */
  public Pool pool() {
    return approach.pool();
  }

  /** Which servers the route allows. */
  public Role role() {
    return route.role();
  }

  /** The way to a server of the pool, for the logins of this route. */
  public Target target(ServerState server) {
    return approach.target(server);
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
