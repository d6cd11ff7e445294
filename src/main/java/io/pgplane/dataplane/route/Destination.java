package io.pgplane.dataplane.route;

import io.pgplane.dataplane.backend.Target;
import io.pgplane.dataplane.fleet.Pool;
import io.pgplane.dataplane.fleet.ServerState;
import io.pgplane.protocol.wire.CString;
import io.pgplane.protocol.wire.StartupMessage;
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
    return Role.ANY;
  }

  /** The way to a server of the pool, for the logins of this route. */
  public Target target(ServerState server) {
    return approach.target(server);
  }

  /** The packet that begins the login at a server. */
  public byte[] startupPacket(StartupMessage startup) {
    CString database = route.database().map(CString::of).orElse(startup.database());
    return startup.toPacket(userAt(startup.user()), database);
  }

  private CString userAt(CString client) {
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
