package io.pgplane.topology;

import java.util.List;

/**
 * A named group of servers that hold the same databases.
 *
 * @param servers at least one
 * @param proxyProtocol how they are told the client's address
 */
public record Backend(
    String name, List<Server> servers, ServerTls tls, ProxyProtocol proxyProtocol) {
  public Backend {
    servers = List.copyOf(servers);
    if (servers.isEmpty()) {
      throw new IllegalArgumentException("a backend needs a server");
    }
  }

  /** With the defaults of all else. */
  public Backend(String name, List<Server> servers, ServerTls tls) {
    this(name, servers, tls, ProxyProtocol.OFF);
  }
}
