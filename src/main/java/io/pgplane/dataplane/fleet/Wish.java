package io.pgplane.dataplane.fleet;

import io.pgplane.topology.Role;
import java.net.InetAddress;
import java.util.Set;

/**
 * What a login asks of a server.
 *
 * @param routeRole the role that its route asks for
 * @param clientRole the role that its client asks for; both must hold
 * @param user the client's
 * @param client the client's address
 * @param tried servers that this login has been at in vain
 */
public record Wish(
    Role routeRole, Role clientRole, String user, InetAddress client, Set<ServerState> tried) {

  /** Whether any server will do, so that it need not be known what each is. */
  boolean anyRole() {
    return routeRole.takesAny() && clientRole.takesAny();
  }

  boolean prefersStandby() {
    return routeRole == Role.PREFER_STANDBY || clientRole == Role.PREFER_STANDBY;
  }
}
