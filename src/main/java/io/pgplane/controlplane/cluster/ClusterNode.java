package io.pgplane.controlplane.cluster;

import com.hazelcast.core.HazelcastInstance;
import io.pgplane.controlplane.revision.Ledger;
import io.pgplane.controlplane.revision.Sealer;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What a clustered Vert.x shares with the others. */
public final class ClusterNode {
  private final Vertx vertx;
  private final HazelcastInstance hazelcast;

  private ClusterNode(Vertx vertx, HazelcastInstance hazelcast) {
    this.vertx = vertx;
    this.hazelcast = hazelcast;
  }

  /**
   * The node of a Vert.x; empty if it is not clustered by Hazelcast.
   *
   * @param minimumMembers below which nothing may be changed
   * @throws IllegalStateException if its Hazelcast is not safe for the tables of pgplane
   */
  public static Optional<ClusterNode> of(Vertx vertx, int minimumMembers) {
    return vertx instanceof VertxInternal inside
            && inside.clusterManager() instanceof HazelcastClusterManager manager
        ? Optional.of(
            new ClusterNode(vertx, checked(manager.getHazelcastInstance(), minimumMembers)))
        : Optional.empty();
  }

  private static HazelcastInstance checked(HazelcastInstance hazelcast, int minimumMembers) {
    List<String> problems = HazelcastSafety.problems(hazelcast.getConfig(), minimumMembers);
    if (!problems.isEmpty()) {
      throw new IllegalStateException(
          "this Vert.x runs on a Hazelcast that is not safe for pgplane:\n  "
              + String.join("\n  ", problems)
              + "\nStart it with -Dvertx.hazelcast.config=classpath:io/pgplane/hazelcast.xml, or with"
              + " a copy of that file from pgplane's jar with these changes");
    }
    return hazelcast;
  }

  /** The revisions that all members share. */
  public Ledger ledger(Sealer sealer) {
    return new HazelcastLedger(vertx, hazelcast, sealer);
  }

  /**
   * The limits that hold for all members together.
   *
   * @param hold how long what a lost member had is kept for it; zero is for ever
   */
  public Future<Leases> leases(String member, Duration hold, Sealer sealer) {
    return Leases.start(hazelcast, member, vertx, hold, sealer);
  }

  /** Who is there. */
  public Members members(String name, Sealer sealer) {
    return new Members(vertx, hazelcast, name, sealer);
  }
}
