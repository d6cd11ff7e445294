package io.pgplane.topology;

import java.time.Duration;

/**
 * How long a TCP connection may be without a sign of its other end (tcp(7)). Zero leaves it to the
 * system.
 *
 * @param keepAliveIdle until the first probe
 * @param keepAliveInterval between probes
 * @param keepAliveCount unanswered probes that end the connection
 * @param userTimeout for which what was sent may be unacknowledged, or not be taken at all
 */
public record Tcp(
    Duration keepAliveIdle, Duration keepAliveInterval, int keepAliveCount, Duration userTimeout) {
  /** A peer that has vanished is noticed in two minutes, and one that takes nothing is let be. */
  public static final Tcp DEFAULTS =
      new Tcp(Duration.ofSeconds(60), Duration.ofSeconds(10), 6, Duration.ZERO);
}
