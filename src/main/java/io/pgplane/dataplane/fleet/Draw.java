package io.pgplane.dataplane.fleet;

import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** By lot, each as often as its weight says. */
final class Draw implements Balancer {
  @Override
  public Member choose(Candidates candidates, Wish wish) {
    return from(candidates, null);
  }

  /** One of them, but for this one; there must be another. */
  static Member from(Candidates candidates, @Nullable Member not) {
    long all = 0;
    for (int i = 0; i < candidates.size(); i++) {
      all += candidates.get(i) == not ? 0 : candidates.get(i).weight();
    }
    long lot = ThreadLocalRandom.current().nextLong(all);
    Member last = candidates.get(0);
    for (int i = 0; i < candidates.size() && lot >= 0; i++) {
      Member one = candidates.get(i);
      if (one != not) {
        last = one;
        lot -= one.weight();
      }
    }
    return last;
  }
}
