package io.pgplane.dataplane.backend;

import io.pgplane.dataplane.tls.ServerTlsContext;
import io.pgplane.topology.ProxyProtocol;
import io.pgplane.topology.Server;
import io.pgplane.topology.ServerAuth;
import io.pgplane.topology.ServerTls;
import io.vertx.core.net.SocketAddress;
import java.util.Optional;

/**
 * One server, and how to reach it.
 *
 * @param tls empty if the mode is {@link ServerTls.Mode#DISABLE}
 * @param auth how the server may find out who logs in
 * @param proxyProtocol how the server is told the client's address
 * @param address where the server's name has led before, if it must lead there again
 */
public record Target(
    Server server,
    ServerTls.Mode mode,
    Optional<ServerTlsContext> tls,
    ServerAuth auth,
    ProxyProtocol proxyProtocol,
    Optional<SocketAddress> address) {

  /** The same server without TLS. */
  Target inClear() {
    return new Target(
        server, ServerTls.Mode.DISABLE, Optional.empty(), auth, proxyProtocol, address);
  }

  /** The same server at this address, whatever its name may resolve to by now. */
  public Target at(SocketAddress address) {
    return new Target(server, mode, tls, auth, proxyProtocol, Optional.of(address));
  }
}
