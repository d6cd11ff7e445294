package io.pgplane.config;

import static io.pgplane.config.Key.or;

import java.util.List;

/** The keys of the limits. */
final class LimitKeys {
  private static final int MOST = 1_000_000;

  private static final Key<Integer> HANDSHAKES =
      or(
          "5000",
          "handshakes",
          Scalars.number("a number of clients", 1, MOST),
          "Clients that are connected and not yet logged in, cancel requests included; the next"
              + " one is closed at once.");
  private static final Key<Integer> HANDSHAKES_PER_ADDRESS =
      or(
          "2500",
          "handshakesPerAddress",
          Scalars.number("a number of clients", 1, MOST),
          "The same, of one client address. Behind a load balancer all clients have one.");

  static final Shape<Limits> LIMITS =
      new Shape<>(
          List.of(HANDSHAKES, HANDSHAKES_PER_ADDRESS),
          values -> new Limits(values.get(HANDSHAKES), values.get(HANDSHAKES_PER_ADDRESS)));

  private LimitKeys() {}
}
