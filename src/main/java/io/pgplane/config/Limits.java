package io.pgplane.config;

/**
 * How much of something there may be at a time, at one member.
 *
 * @param handshakes clients that are connected and not yet logged in, cancel requests included
 * @param handshakesPerAddress the same, of one client address
 * @param handshakeShare the same in percent of all, once less than that is free
 * @param sessions clients that have proved who they are; 0 for no bound
 * @param sessionsPerAddress the same, of one client address
 * @param superuserReserve what superusers may have above each limit on sessions
 * @param queueLength who may wait for a place on one route or backend that is full
 */
public record Limits(
    int handshakes,
    int handshakesPerAddress,
    int handshakeShare,
    int sessions,
    int sessionsPerAddress,
    int superuserReserve,
    int queueLength) {
  /** Handshakes: wide enough for every client of a crashed member to come back at once. */
  public static final Limits DEFAULTS = new Limits(5_000, 2_500, 5, 0, 0, 3, 1_000);

  /** The defaults with other bounds on those who are logging in. */
  public static Limits ofHandshakes(int handshakes, int handshakesPerAddress) {
    return new Limits(
        handshakes,
        handshakesPerAddress,
        DEFAULTS.handshakeShare,
        DEFAULTS.sessions,
        DEFAULTS.sessionsPerAddress,
        DEFAULTS.superuserReserve,
        DEFAULTS.queueLength);
  }

  /** How many clients {@link #handshakeShare} is. */
  public int handshakesOfAnAddress() {
    return Math.max(1, handshakes * handshakeShare / 100);
  }
}
