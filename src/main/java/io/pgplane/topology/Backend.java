package io.pgplane.topology;

import java.util.List;

/**
 * A named group of servers that hold the same databases.
 *
 * @param servers at least one
 */
public record Backend(String name, List<Server> servers, ServerTls tls) {
  public Backend {
    servers = List.copyOf(servers);
    if (servers.isEmpty()) {
      throw new IllegalArgumentException("a backend needs a server");
    }
  }
}
