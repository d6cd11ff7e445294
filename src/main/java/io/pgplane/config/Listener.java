package io.pgplane.config;

import io.pgplane.topology.Cidr;
import io.pgplane.topology.Tcp;
import io.pgplane.topology.Timeouts;
import java.util.List;
import java.util.Optional;

/**
 * Where clients are accepted.
 *
 * @param host the address to bind
 * @param port the port to bind; 0 takes a free one
 * @param trustedProxies the load balancers that all connections come through, each with a PROXY
 *     header; empty if clients come by themselves
 * @param connectionLimit how many sessions may come from it; 0 for no bound
 * @param timeouts where its own differ from those of the whole file
 * @param tcp of its sessions' connections, on both sides; that of the whole file if it is empty
 */
public record Listener(
    String name,
    String host,
    int port,
    ListenerTls tls,
    List<Cidr> trustedProxies,
    int connectionLimit,
    Timeouts timeouts,
    Optional<Tcp> tcp) {
  public Listener {
    trustedProxies = List.copyOf(trustedProxies);
  }

  /** For clients that come by themselves, without bounds of its own. */
  public Listener(String name, String host, int port, ListenerTls tls) {
    this(name, host, port, tls, List.of(), 0, Timeouts.DEFAULTS, Optional.empty());
  }

  /** The same on another port. */
  public Listener at(int otherPort) {
    return new Listener(name, host, otherPort, tls, trustedProxies, connectionLimit, timeouts, tcp);
  }

  /** The same with bounds of its own. */
  public Listener bounded(int sessions, Timeouts others) {
    return new Listener(name, host, port, tls, trustedProxies, sessions, others, tcp);
  }

  /** The same behind load balancers. */
  public Listener behind(List<Cidr> proxies) {
    return new Listener(name, host, port, tls, proxies, connectionLimit, timeouts, tcp);
  }
}
