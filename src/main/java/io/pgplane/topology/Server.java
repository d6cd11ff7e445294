package io.pgplane.topology;

/** One PostgreSQL server: a host name or address, and a TCP port. */
public record Server(String host, int port) {
  @Override
  public String toString() {
    return host.indexOf(':') < 0 ? host + ":" + port : "[" + host + "]:" + port;
  }
}
