package io.pgplane.dataplane.fleet;

/**
 * One after the other, a heavy one more often: stride scheduling (Waldspurger, Weihl 1995). Each
 * server's turn moves on by the inverse of its weight when it is chosen, and the one that is
 * furthest behind is next.
 */
final class RoundRobin implements Balancer {
  private static final long STRIDE = 1L << 40;

  @Override
  public Member choose(Candidates candidates, Wish wish) {
    while (true) {
      long floor = floor(candidates);
      Member next = candidates.get(0);
      long seen = next.turn().get();
      for (int i = 1; i < candidates.size(); i++) {
        Member other = candidates.get(i);
        long turn = other.turn().get();
        if (later(turn, floor) - later(seen, floor) < 0) {
          next = other;
          seen = turn;
        }
      }
      if (next.turn().compareAndSet(seen, later(seen, floor) + stride(next))) {
        return next;
      }
    }
  }

  /** One that was away for a while must not get all logins until it has caught up. */
  private static long floor(Candidates candidates) {
    long furthest = candidates.get(0).turn().get();
    long longest = stride(candidates.get(0));
    for (int i = 1; i < candidates.size(); i++) {
      furthest = later(furthest, candidates.get(i).turn().get());
      longest = Math.max(longest, stride(candidates.get(i)));
    }
    return furthest - longest;
  }

  private static long stride(Member member) {
    return STRIDE / member.weight();
  }

  /** By their difference, which outlives an overflow. */
  private static long later(long a, long b) {
    return a - b < 0 ? b : a;
  }
}
