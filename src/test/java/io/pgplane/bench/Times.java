package io.pgplane.bench;

import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;

/**
 * How long something took, many times.
 *
 * @param sorted the nanoseconds of each, the shortest first
 */
public record Times(List<Long> sorted) {
  public Times {
    sorted = sorted.stream().sorted().toList();
  }

  /** What one run takes, in nanoseconds. */
  public static long of(Callable<?> work) throws Exception {
    long begin = System.nanoTime();
    work.call();
    return System.nanoTime() - begin;
  }

  /** The milliseconds that so many of a hundred do not exceed. */
  public double percentile(double percent) {
    return sorted.get(Math.max(0, (int) Math.ceil(sorted.size() * percent / 100) - 1)) / 1e6;
  }

  /** The milliseconds of half, of 99 of a hundred, and of all. */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT, "%.1f / %.1f / %.1f", percentile(50), percentile(99), percentile(100));
  }
}
