package io.pgplane.topology;

import java.time.Duration;

/**
 * When a server that fails its logins gets no more of them.
 *
 * @param failures so many in a row open the circuit; 0 for never
 * @param pause until the first trial; doubled after each that fails
 * @param maxPause the most it grows to
 */
public record CircuitRule(int failures, Duration pause, Duration maxPause) {
  public static final CircuitRule DEFAULTS =
      new CircuitRule(5, Duration.ofSeconds(1), Duration.ofSeconds(30));
}
