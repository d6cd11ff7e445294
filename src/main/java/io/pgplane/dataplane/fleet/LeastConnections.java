package io.pgplane.dataplane.fleet;

import java.util.concurrent.ThreadLocalRandom;

/** The one with the fewest sessions for its weight; among equals, by lot. */
final class LeastConnections implements Balancer {
  @Override
  public Member choose(Candidates candidates, Wish wish) {
    Member least = candidates.get(0);
    long equals = least.weight();
    for (int i = 1; i < candidates.size(); i++) {
      Member other = candidates.get(i);
      long difference = Load.compare(other, least);
      if (difference < 0) {
        least = other;
        equals = other.weight();
      } else if (difference == 0) {
        equals += other.weight();
        if (ThreadLocalRandom.current().nextLong(equals) < other.weight()) {
          least = other;
        }
      }
    }
    return least;
  }
}
