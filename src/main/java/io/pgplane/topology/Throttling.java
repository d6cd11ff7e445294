package io.pgplane.topology;

import java.time.Duration;
import java.util.List;

/**
 * How failed logins are slowed down.
 *
 * @param enabled whether they are
 * @param freeFailures of a user at an address that cost nothing
 * @param delay of the next login of that user there; doubled with each more
 * @param maxDelay what the delay ends at
 * @param lockOutAfter of one address, of whatever users, before it is locked out; 0 for never
 * @param within what time they count, from the first one on
 * @param lockOut for how long it is locked out
 * @param exempt addresses that are left alone, since many clients share them
 */
public record Throttling(
    boolean enabled,
    int freeFailures,
    Duration delay,
    Duration maxDelay,
    int lockOutAfter,
    Duration within,
    Duration lockOut,
    List<Cidr> exempt) {
  /** Gentle: who mistypes a password feels nothing, who tries a list of them does. */
  public static final Throttling DEFAULTS =
      new Throttling(
          true,
          3,
          Duration.ofMillis(250),
          Duration.ofSeconds(10),
          0,
          Duration.ofMinutes(10),
          Duration.ofMinutes(1),
          List.of());

  /** None at all. */
  public static final Throttling OFF =
      new Throttling(
          false,
          DEFAULTS.freeFailures,
          DEFAULTS.delay,
          DEFAULTS.maxDelay,
          DEFAULTS.lockOutAfter,
          DEFAULTS.within,
          DEFAULTS.lockOut,
          List.of());

  public Throttling {
    exempt = List.copyOf(exempt);
  }
}
