package io.pgplane.config;

import io.pgplane.topology.Timeouts;

/**
 * Where clients are accepted.
 *
 * @param host the address to bind
 * @param port the port to bind; 0 takes a free one
 * @param connectionLimit how many sessions may come from it; 0 for no bound
 * @param timeouts where its own differ from those of the whole file
 */
public record Listener(
    String name, String host, int port, ListenerTls tls, int connectionLimit, Timeouts timeouts) {

  /** Without bounds of its own. */
  public Listener(String name, String host, int port, ListenerTls tls) {
    this(name, host, port, tls, 0, Timeouts.DEFAULTS);
  }

  /** The same on another port. */
  public Listener at(int otherPort) {
    return new Listener(name, host, otherPort, tls, connectionLimit, timeouts);
  }
}
