package io.pgplane.dataplane.route;

import io.pgplane.protocol.wire.CString;
import io.pgplane.protocol.wire.StartupMessage;
import io.pgplane.topology.Role;

/**
 * Where one login goes.
 *
 * @param role what the client has narrowed the route's own role to; {@link Role#ANY} if it has not
 * @param startup the client's own packet
 * @param database the database's name at the server
 */
public record Choice(Destination destination, Role role, StartupMessage startup, CString database) {

  /** The packet that begins the login at a server. */
  public byte[] startupPacket() {
    return startup.toPacket(destination.userAt(startup.user()), database);
  }
}
