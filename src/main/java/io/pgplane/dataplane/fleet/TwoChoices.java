package io.pgplane.dataplane.fleet;

/**
 * The less busy one of two that are drawn (Mitzenmacher 2001): nearly as even as looking at all,
 * and members that do not see each other's sessions do not all run to the same server.
 */
final class TwoChoices implements Balancer {
  @Override
  public Member choose(Candidates candidates, Wish wish) {
    Member first = Draw.from(candidates, null);
    if (candidates.size() == 1) {
      return first;
    }
    Member second = Draw.from(candidates, first);
    return Load.compare(second, first) < 0 ? second : first;
  }
}
