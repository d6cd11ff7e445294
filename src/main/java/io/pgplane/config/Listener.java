package io.pgplane.config;

import io.pgplane.topology.Cidr;
import java.util.List;

/**
 * Where clients are accepted.
 *
 * @param host the address to bind
 * @param port the port to bind; 0 takes a free one
 * @param trustedProxies the load balancers that all connections come through, each with a PROXY
 *     header; empty if clients come by themselves
 */
public record Listener(
    String name, String host, int port, ListenerTls tls, List<Cidr> trustedProxies) {
  public Listener {
    trustedProxies = List.copyOf(trustedProxies);
  }

  /** For clients that come by themselves. */
  public Listener(String name, String host, int port, ListenerTls tls) {
    this(name, host, port, tls, List.of());
  }
}
