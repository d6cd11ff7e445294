package io.pgplane.topology;

import java.time.Duration;

/**
 * Which of a backend's servers a login goes to.
 *
 * @param slowStart in how long a server that has come back gets its full share; zero for at once
 * @param connectionLimit the most sessions of all members at the whole backend; 0 for any number
 * @param maxLag how late a standby may be; zero for any
 */
public record Balancing(
    Policy policy, HashBy hashBy, Duration slowStart, int connectionLimit, Duration maxLag) {
  public static final Balancing DEFAULTS = of(Policy.ROUND_ROBIN);

  /** How one of several servers is chosen; all but {@link #FIRST} go by weights. */
  public enum Policy {
    ROUND_ROBIN,
    LEAST_CONNECTIONS,
    /** The less busy one of two that are drawn. */
    TWO_CHOICES,
    RANDOM,
    /** The first in the order of the configuration. */
    FIRST,
    /** Always the same one for the same user or address, as long as it is there. */
    HASH
  }

  /** What {@link Policy#HASH} goes by. */
  public enum HashBy {
    USER,
    ADDRESS
  }

  /** A policy, and the defaults of all else. */
  public static Balancing of(Policy policy) {
    return new Balancing(policy, HashBy.USER, Duration.ZERO, 0, Duration.ZERO);
  }

  /** The same with another slow start. */
  public Balancing slowStart(Duration other) {
    return new Balancing(policy, hashBy, other, connectionLimit, maxLag);
  }

  /** The same with a limit. */
  public Balancing limitedTo(int sessions) {
    return new Balancing(policy, hashBy, slowStart, sessions, maxLag);
  }

  /** The same with a bound for the lag. */
  public Balancing maxLag(Duration other) {
    return new Balancing(policy, hashBy, slowStart, connectionLimit, other);
  }
}
