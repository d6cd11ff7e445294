package io.pgplane.config;

/**
 * How much of something there may be at a time.
 *
 * @param handshakes clients that are connected and not yet logged in, cancel requests included
 * @param handshakesPerAddress the same, of one client address
 */
public record Limits(int handshakes, int handshakesPerAddress) {
  /** Wide enough for every client of a crashed member to come back at once. */
  public static final Limits DEFAULTS = new Limits(5_000, 2_500);
}
