package io.pgplane.topology;

import java.util.List;
import java.util.Optional;

/**
 * A named group of servers that hold the same databases.
 *
 * @param servers at least one
 * @param auth how they may find out who logs in
 * @param proxyProtocol how they are told the client's address
 * @param health how its servers are probed; they are not where empty
 */
public record Backend(
    String name,
    List<Server> servers,
    ServerTls tls,
    ServerAuth auth,
    ProxyProtocol proxyProtocol,
    Balancing balancing,
    Resolve resolve,
    Optional<HealthCheck> health,
    CircuitRule circuit) {
  public Backend {
    servers = List.copyOf(servers);
    if (servers.isEmpty()) {
      throw new IllegalArgumentException("a backend needs a server");
    }
  }

  /** What counts as a server when a name has several addresses. */
  public enum Resolve {
    /** The name; each connection resolves it, and goes to the first address that accepts it. */
    FIRST,
    /** Each of its addresses. */
    ALL
  }

  /** With the defaults of all else. */
  public Backend(String name, List<Server> servers, ServerTls tls) {
    this(
        name,
        servers,
        tls,
        ServerAuth.DEFAULTS,
        ProxyProtocol.OFF,
        Balancing.DEFAULTS,
        Resolve.FIRST,
        Optional.empty(),
        CircuitRule.DEFAULTS);
  }

  /** The same, balanced so. */
  public Backend with(Balancing other) {
    return new Backend(name, servers, tls, auth, proxyProtocol, other, resolve, health, circuit);
  }

  /** The same, probed so. */
  public Backend with(HealthCheck other) {
    return new Backend(
        name, servers, tls, auth, proxyProtocol, balancing, resolve, Optional.of(other), circuit);
  }

  /** The same with another circuit. */
  public Backend with(CircuitRule other) {
    return new Backend(name, servers, tls, auth, proxyProtocol, balancing, resolve, health, other);
  }

  /** The same, its names resolved so. */
  public Backend with(Resolve other) {
    return new Backend(name, servers, tls, auth, proxyProtocol, balancing, other, health, circuit);
  }

  /** The same, which may find out so who logs in. */
  public Backend with(ServerAuth other) {
    return new Backend(
        name, servers, tls, other, proxyProtocol, balancing, resolve, health, circuit);
  }

  /** The same, told the client's address so. */
  public Backend with(ProxyProtocol other) {
    return new Backend(name, servers, tls, auth, other, balancing, resolve, health, circuit);
  }
}
