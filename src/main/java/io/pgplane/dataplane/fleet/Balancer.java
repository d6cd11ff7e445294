package io.pgplane.dataplane.fleet;

import io.pgplane.topology.Balancing;

/** A policy: which of the servers that a login may go to it does go to. Called by any thread. */
interface Balancer {

  /**
   * Chooses one.
   *
   * @param candidates at least one
   */
  Member choose(Candidates candidates, Wish wish);

  /** One for a pool of its own: some policies remember whose turn it is. */
  static Balancer of(Balancing balancing) {
    return switch (balancing.policy()) {
      case ROUND_ROBIN -> new RoundRobin();
      case LEAST_CONNECTIONS -> new LeastConnections();
      case TWO_CHOICES -> new TwoChoices();
      case RANDOM -> new Draw();
      case FIRST -> (candidates, wish) -> candidates.get(0);
      case HASH -> new Rendezvous(balancing.hashBy());
    };
  }
}
