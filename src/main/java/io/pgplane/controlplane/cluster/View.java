package io.pgplane.controlplane.cluster;

import java.util.Set;

/**
 * Who there is, as one member sees it.
 *
 * @param me this member's incarnation
 * @param known all that have come and have neither said goodbye nor been given up
 * @param alive those of them that are in the cluster now; {@code me} is always one
 */
record View(String me, Set<String> known, Set<String> alive) {
  View {
    known = Set.copyOf(known);
    alive = Set.copyOf(alive);
  }
}
