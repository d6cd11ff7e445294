package io.pgplane.topology;

import java.util.Optional;

/**
 * One PostgreSQL server: a host name or address, and a TCP port.
 *
 * @param weight its share of the logins, against those of the others; at least 1
 * @param zone where it stands
 * @param connectionLimit the most sessions of all members; 0 for any number
 * @param drain whether it gets no new logins
 */
public record Server(
    String host, int port, int weight, Optional<String> zone, int connectionLimit, boolean drain) {

  /** A server like any other. */
  public Server(String host, int port) {
    this(host, port, 1, Optional.empty(), 0, false);
  }

  /** The same with another weight. */
  public Server weighing(int other) {
    return new Server(host, port, other, zone, connectionLimit, drain);
  }

  /** The same in a zone. */
  public Server in(String other) {
    return new Server(host, port, weight, Optional.of(other), connectionLimit, drain);
  }

  /** The same with a limit. */
  public Server limitedTo(int sessions) {
    return new Server(host, port, weight, zone, sessions, drain);
  }

  /** The same, which gets no new logins. */
  public Server draining() {
    return new Server(host, port, weight, zone, connectionLimit, true);
  }

  /** Whether a name or an address means this machine; a name is not looked up. */
  public static boolean isLoopback(String host) {
    try {
      return host.equals("localhost") || Cidr.address(host).isLoopbackAddress();
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  @Override
  public String toString() {
    return host.indexOf(':') < 0 ? host + ":" + port : "[" + host + "]:" + port;
  }
}
