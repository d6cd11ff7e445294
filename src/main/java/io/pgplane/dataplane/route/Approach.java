package io.pgplane.dataplane.route;

import io.pgplane.dataplane.backend.Target;
import io.pgplane.dataplane.fleet.Pool;
import io.pgplane.dataplane.fleet.ServerState;
import io.pgplane.dataplane.tls.ServerTlsContext;
import io.pgplane.topology.Server;
import io.vertx.core.net.SocketAddress;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * The way to the servers of a backend.
 *
 * @param tls empty if the backend has none
 */
public record Approach(Pool pool, Optional<ServerTlsContext> tls) {

  /** The way to one of its servers. */
  public Target target(ServerState server) {
    Optional<SocketAddress> address =
        server
            .address()
            .map(ip -> SocketAddress.inetSocketAddress(new InetSocketAddress(ip, server.port())));
    return new Target(
        new Server(server.host(), server.port()),
        pool.backend().tls().modeFor(server.host()),
        tls,
        pool.backend().auth(),
        pool.backend().proxyProtocol(),
        address);
  }
}
