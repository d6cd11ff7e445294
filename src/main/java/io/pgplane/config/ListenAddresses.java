package io.pgplane.config;

import io.pgplane.topology.Cidr;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The addresses that one process listens on. An address that stands for all addresses takes the
 * port of every other one, of IPv4 and IPv6 alike, as the kernel has it.
 */
final class ListenAddresses {
  private ListenAddresses() {}

  /** An address, and where it stands. */
  private record Place(Node node, String host, String port) {
    static Place of(Node node, String host, String port) {
      Object set = node.key("port").value();
      return new Place(
          node, node.key("host").text().orElse(host), set == null ? port : String.valueOf(set));
    }

    /** Whether not both can be listened on; names are not looked up. */
    boolean collides(Place other) {
      if (!port.equals(other.port) || port.equals("0")) {
        return false;
      }
      Optional<InetAddress> one = address(host);
      Optional<InetAddress> two = address(other.host);
      return one.filter(InetAddress::isAnyLocalAddress).isPresent()
          || two.filter(InetAddress::isAnyLocalAddress).isPresent()
          || (one.isPresent() ? one.equals(two) : host.equals(other.host));
    }

    private static Optional<InetAddress> address(String host) {
      try {
        return Optional.of(Cidr.address(host));
      } catch (IllegalArgumentException e) {
        return Optional.empty();
      }
    }
  }

  /** Refuses what would fail at the start. */
  static void check(Node file) {
    List<Place> places = new ArrayList<>();
    for (Node listener : file.key("listeners").items()) {
      places.add(Place.of(listener, "0.0.0.0", "6432"));
    }
    if (file.key("admin").isMap()) {
      places.add(Place.of(file.key("admin"), "127.0.0.1", "6480"));
    }
    for (int i = 0; i < places.size(); i++) {
      Place place = places.get(i);
      places.subList(0, i).stream()
          .filter(place::collides)
          .findFirst()
          .ifPresent(
              earlier ->
                  place
                      .node()
                      .key("port")
                      .refuse(
                          "taken by "
                              + earlier.node().path()
                              + ", which listens on "
                              + earlier.host()
                              + ":"
                              + earlier.port()));
    }
  }
}
