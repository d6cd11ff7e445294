package io.pgplane.dataplane.fleet;

import io.pgplane.topology.Balancing.HashBy;

/**
 * Always the same server for the same key, by weighted rendezvous hashing (Schindelhauer, Schomaker
 * 2005): each scores on its own, the highest score wins, so a server that comes or goes moves only
 * the keys that it wins or has won.
 */
final class Rendezvous implements Balancer {
  private final HashBy by;

  Rendezvous(HashBy by) {
    this.by = by;
  }

  @Override
  public Member choose(Candidates candidates, Wish wish) {
    int hash = by == HashBy.USER ? wish.user().hashCode() : wish.client().hashCode();
    long key = Mix.of(hash);
    Member best = candidates.get(0);
    double highest = score(best, key);
    for (int i = 1; i < candidates.size(); i++) {
      double score = score(candidates.get(i), key);
      if (score > highest) {
        highest = score;
        best = candidates.get(i);
      }
    }
    return best;
  }

  private static double score(Member member, long key) {
    // 53 bits and a half, so that it lies between 0 and 1 and is neither.
    double uniform = ((Mix.of(key ^ member.hash()) >>> 11) + 0.5) * 0x1.0p-53;
    return -member.weight() / Math.log(uniform);
  }
}
