package io.pgplane.controlplane.cluster;

import java.util.Comparator;
import java.util.Optional;
import java.util.Set;

/**
 * Who there is, as one member sees it.
 *
 * @param me this member's incarnation
 * @param known all that have come and have neither said goodbye nor been given up
 * @param alive those of them that are in the cluster now; {@code me} is always one
 * @param voters those of the known that came while nobody was lost: the sides of a partition count
 *     the same ones, whoever joins one of them later
 */
record View(String me, Set<String> known, Set<String> alive, Set<String> voters) {
  View {
    known = Set.copyOf(known);
    alive = Set.copyOf(alive);
    voters = Set.copyOf(voters);
  }

  /**
   * Whether this side may take places that are nobody's: it has more than half of the voters, or
   * half of them and the first by name.
   */
  boolean mayTake() {
    long here = voters.stream().filter(alive::contains).count();
    long there = voters.size() - here;
    Optional<String> first = voters.stream().min(Comparator.naturalOrder());
    return here > there || (here == there && first.filter(alive::contains).isPresent());
  }
}
