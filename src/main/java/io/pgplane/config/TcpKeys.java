package io.pgplane.config;

import static io.pgplane.config.Key.or;

import io.pgplane.topology.Tcp;
import java.time.Duration;
import java.util.List;

/** The keys of {@code tcp}. */
final class TcpKeys {
  private static final int MAX_COUNT = 127;

  private static final Key<Duration> IDLE =
      or(
          "60s",
          "keepAliveIdle",
          Scalars.DURATION_OR_OFF,
          "How long a connection is silent before the other end is probed; whole seconds.");
  private static final Key<Duration> INTERVAL =
      or("10s", "keepAliveInterval", Scalars.DURATION_OR_OFF, "From one probe to the next.");
  private static final Key<Integer> COUNT =
      or(
          "6",
          "keepAliveCount",
          Scalars.number("a number of probes", 0, MAX_COUNT),
          "After so many unanswered probes the connection is lost.");
  private static final Key<Duration> USER_TIMEOUT =
      or(
          "0",
          "userTimeout",
          Scalars.DURATION_OR_OFF,
          "How long sent data may be unacknowledged before the connection is lost (TCP_USER_TIMEOUT);"
              + " some 15 minutes if it is left to Linux. It also ends a peer that is alive and"
              + " reads nothing for so long, such as a client that shows a page of a long result.");

  static final Shape<Tcp> TCP =
      new Shape<>(
          List.of(IDLE, INTERVAL, COUNT, USER_TIMEOUT),
          values ->
              new Tcp(
                  values.get(IDLE),
                  values.get(INTERVAL),
                  values.get(COUNT),
                  values.get(USER_TIMEOUT)));

  private TcpKeys() {}
}
