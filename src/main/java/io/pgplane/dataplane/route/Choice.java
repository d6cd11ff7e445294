package io.pgplane.dataplane.route;

import io.pgplane.protocol.wire.CString;
import io.pgplane.protocol.wire.Origin;
import io.pgplane.protocol.wire.StartupMessage;
import io.pgplane.topology.ClientAddress;
import io.pgplane.topology.Role;
import io.vertx.core.net.SocketAddress;
import java.util.Optional;

/**
 * Where one login goes.
 *
 * @param role what the client has narrowed the route's own role to; {@link Role#ANY} if it has not
 * @param startup the client's own packet
 * @param database the database's name at the server
 */
public record Choice(Destination destination, Role role, StartupMessage startup, CString database) {

  /**
   * The packet that begins the login at a server.
   *
   * @param client address and port
   */
  public byte[] startupPacket(SocketAddress client) {
    return startup.toPacket(destination.userAt(startup.user()), database, origin(client));
  }

  /** The same packet without anything that the client has set. */
  public byte[] bareStartupPacket() {
    return startup
        .withoutSettings()
        .toPacket(destination.userAt(startup.user()), database, Origin.UNTOLD);
  }

  /** A replication connection keeps its name, which synchronous_standby_names refers to. */
  private Origin origin(SocketAddress client) {
    ClientAddress told = destination.route().clientAddress();
    return told.equals(ClientAddress.UNTOLD)
        ? Origin.UNTOLD
        : new Origin(
            told.applicationName() && !startup.replication()
                ? Optional.of(client.hostAddress() + ":" + client.port())
                : Optional.empty(),
            told.setting(),
            client.hostAddress());
  }
}
