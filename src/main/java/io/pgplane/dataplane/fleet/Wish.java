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
 * @param reserve how many places above each limit are for it, too
 * @param tried servers that this login has been at in vain
 */
public record Wish(
    Role routeRole,
    Role clientRole,
    String user,
    InetAddress client,
    int reserve,
    Set<ServerState> tried) {

  /** What decides whether there is a place for it. */
  private record Kind(Role routeRole, Role clientRole, int reserve, Set<ServerState> tried) {}

  /** A wish of somebody who has been nowhere yet. */
  public Wish(Role routeRole, Role clientRole, String user, InetAddress client, int reserve) {
    this(routeRole, clientRole, user, client, reserve, Set.of());
  }

  /** The same, anywhere but at these servers. */
  public Wish butNot(Set<ServerState> servers) {
    return new Wish(routeRole, clientRole, user, client, reserve, Set.copyOf(servers));
  }

  /** Equal for those who can take the same places. */
  Object kind() {
    return new Kind(routeRole, clientRole, reserve, tried);
  }

  /** Whether any server will do, so that it need not be known what each is. */
  boolean anyRole() {
    return routeRole.takesAny() && clientRole.takesAny();
  }

  boolean prefersStandby() {
    return routeRole == Role.PREFER_STANDBY || clientRole == Role.PREFER_STANDBY;
  }
}
