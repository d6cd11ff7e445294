package io.pgplane.dataplane.fleet;

import java.net.InetAddress;
import java.util.Optional;

/**
 * What makes a server the same one through reloads.
 *
 * @param host as in the configuration
 * @param address which of the host's addresses, where each counts as a server
 */
record ServerId(String backend, String host, int port, Optional<InetAddress> address) {
  /** As in logs, and never with what a name service says of the address. */
  @Override
  public String toString() {
    String name = host.indexOf(':') < 0 ? host : "[" + host + "]";
    return address
        .map(InetAddress::getHostAddress)
        .filter(text -> !text.equals(host))
        .map(text -> name + "(" + text + "):" + port)
        .orElse(name + ":" + port);
  }
}
