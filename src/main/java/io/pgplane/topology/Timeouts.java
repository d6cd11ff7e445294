package io.pgplane.topology;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/**
 * How long things may take, where somebody has said it: for all, for a listener, or for a route.
 *
 * @param set what is said; the rest is as it is for whoever stands behind
 */
public record Timeouts(Map<Timeout, Duration> set) {
  /** Nothing is said. */
  public static final Timeouts DEFAULTS = new Timeouts(Map.of());

  /** Keeps a copy. */
  public Timeouts {
    set = Map.copyOf(set);
  }

  /** In milliseconds; 0 if it may take for ever. */
  public long millis(Timeout timeout) {
    return set.getOrDefault(timeout, timeout.preset()).toMillis();
  }

  /** These, and where they say nothing, the others. */
  public Timeouts before(Timeouts others) {
    if (set.isEmpty()) {
      return others;
    }
    Map<Timeout, Duration> all = new EnumMap<>(Timeout.class);
    all.putAll(others.set);
    all.putAll(set);
    return new Timeouts(all);
  }

  /** The same with one more. */
  public Timeouts with(Timeout timeout, Duration duration) {
    return new Timeouts(Map.of(timeout, duration)).before(this);
  }
}
