package io.pgplane.controlplane.cluster;

import static java.util.stream.Collectors.toUnmodifiableSet;

import com.hazelcast.cluster.Member;
import com.hazelcast.core.HazelcastInstance;
import java.util.Objects;
import java.util.Set;

/** The Vert.x nodes that Hazelcast sees at the moment. */
final class Nodes {
  private static final String ATTRIBUTE = "__vertx.nodeId";

  private final HazelcastInstance hazelcast;

  Nodes(HazelcastInstance hazelcast) {
    this.hazelcast = hazelcast;
  }

  /** This one, the same through partitions and merges. */
  String own() {
    return Objects.requireNonNull(
        hazelcast.getCluster().getLocalMember().getAttribute(ATTRIBUTE), ATTRIBUTE);
  }

  /** All of them, this one included. */
  Set<String> all() {
    return hazelcast.getCluster().getMembers().stream()
        .map(Nodes::id)
        .filter(id -> !id.isEmpty())
        .collect(toUnmodifiableSet());
  }

  /** Empty for a member that is none of Vert.x. */
  private static String id(Member member) {
    return Objects.requireNonNullElse(member.getAttribute(ATTRIBUTE), "");
  }
}
