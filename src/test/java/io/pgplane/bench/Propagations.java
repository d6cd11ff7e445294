package io.pgplane.bench;

import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The histogram {@code pgplane_change_propagation_seconds} of several members. */
final class Propagations {
  private static final Pattern BUCKET =
      Pattern.compile("(?m)^pgplane_change_propagation_seconds_bucket\\{le=\"(.*)\"} (.*)$");
  private static final Pattern MAX =
      Pattern.compile("(?m)^pgplane_change_propagation_seconds_max (.*)$");

  private final SortedMap<Double, Long> upTo = new TreeMap<>();
  private double max;

  /** Adds what one member has counted, in the text format of Prometheus. */
  void add(String metrics) {
    Matcher bucket = BUCKET.matcher(metrics);
    while (bucket.find()) {
      double bound = Double.parseDouble(bucket.group(1).replace("Inf", "Infinity"));
      upTo.merge(bound, (long) Double.parseDouble(bucket.group(2)), Long::sum);
    }
    Matcher longest = MAX.matcher(metrics);
    if (longest.find()) {
      max = Math.max(max, Double.parseDouble(longest.group(1)));
    }
  }

  /** The bound, in milliseconds, below which so many of a hundred are known to be. */
  double bound(int percent) {
    return upTo.entrySet().stream()
            .filter(bucket -> bucket.getValue() * 100 >= count() * percent)
            .findFirst()
            .orElseThrow()
            .getKey()
        * 1e3;
  }

  /** The longest of the last minutes, in milliseconds. */
  double max() {
    return max * 1e3;
  }

  long count() {
    return upTo.values().stream().mapToLong(count -> count).max().orElseThrow();
  }
}
