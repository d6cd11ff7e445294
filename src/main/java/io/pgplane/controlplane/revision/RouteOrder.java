package io.pgplane.controlplane.revision;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/** Gives routes the ranks that put them in an order, with as few of them changed as can be. */
final class RouteOrder {
  /** Room between two routes, for those that will come between them. */
  static final long GAP = 1L << 20;

  private RouteOrder() {}

  /**
   * The ranks of all.
   *
   * @param order their names, the one to be asked first at the begin
   * @param now the ranks of those that have one
   */
  static Map<String, Long> ranks(List<String> order, Map<String, Long> now) {
    Set<String> staying = longestRise(order, now);
    Map<String, Long> ranks = new HashMap<>();
    List<String> moving = new ArrayList<>();
    OptionalLong low = OptionalLong.empty();
    for (String name : order) {
      if (!staying.contains(name)) {
        moving.add(name);
        continue;
      }
      OptionalLong high = OptionalLong.of(now.getOrDefault(name, 0L));
      if (!spread(moving, low, high, ranks)) {
        return evenly(order);
      }
      moving.clear();
      ranks.put(name, high.getAsLong());
      low = high;
    }
    spread(moving, low, OptionalLong.empty(), ranks);
    return ranks;
  }

  /** Puts names between two ranks, or beyond the one that there is; false if there is no room. */
  private static boolean spread(
      List<String> names, OptionalLong low, OptionalLong high, Map<String, Long> ranks) {
    int steps = names.size() + 1;
    long begin = low.orElse(high.isPresent() ? high.getAsLong() - steps * GAP : 0);
    long end = high.orElse(begin + steps * GAP);
    long step = (end - begin) / steps;
    for (int i = 0; i < names.size(); i++) {
      ranks.put(names.get(i), begin + step * (i + 1));
    }
    return step > 0;
  }

  private static Map<String, Long> evenly(List<String> order) {
    Map<String, Long> ranks = new HashMap<>();
    spread(order, OptionalLong.empty(), OptionalLong.empty(), ranks);
    return ranks;
  }

  /**
   * The longest list of names whose ranks rise already, by patience sorting: {@code tops} are the
   * last names of the best rises of each length.
   */
  private static Set<String> longestRise(List<String> order, Map<String, Long> now) {
    List<String> tops = new ArrayList<>();
    List<Long> topRanks = new ArrayList<>();
    Map<String, String> before = new HashMap<>();
    for (String name : order) {
      Long rank = now.get(name);
      if (rank == null) {
        continue;
      }
      int found = Collections.binarySearch(topRanks, rank);
      int place = found < 0 ? -found - 1 : found;
      if (place == tops.size()) {
        tops.add(name);
        topRanks.add(rank);
      } else {
        tops.set(place, name);
        topRanks.set(place, rank);
      }
      if (place > 0) {
        before.put(name, tops.get(place - 1));
      }
    }
    Deque<String> rise = new ArrayDeque<>();
    String last = tops.isEmpty() ? null : tops.get(tops.size() - 1);
    while (last != null) {
      rise.push(last);
      last = before.get(last);
    }
    return new HashSet<>(rise);
  }
}
