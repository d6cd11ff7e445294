package io.pgplane.controlplane.cluster;

import com.hazelcast.core.HazelcastInstance;
import io.pgplane.config.ConfigException;
import io.pgplane.config.Problem;
import io.pgplane.controlplane.revision.Ledger;
import io.pgplane.controlplane.revision.Sealer;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a clustered Vert.x shares with the others. */
public final class ClusterNode {
  private static final String UNSAFE =
      "this Vert.x runs on a Hazelcast that is not safe for pgplane: start it with"
          + " -Dvertx.hazelcast.config=classpath:io/pgplane/hazelcast.xml, with a copy of that file,"
          + " or with these changes in its own";

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
   * @throws ConfigException if its Hazelcast is not safe for the tables of pgplane
   */
  public static Optional<ClusterNode> of(Vertx vertx, int minimumMembers) {
    return vertx instanceof VertxInternal inside
            && inside.clusterManager() instanceof HazelcastClusterManager manager
        ? Optional.of(
            new ClusterNode(vertx, checked(manager.getHazelcastInstance(), minimumMembers)))
        : Optional.empty();
  }

  private static HazelcastInstance checked(HazelcastInstance hazelcast, int minimumMembers) {
    List<Problem> problems =
        new ArrayList<>(HazelcastSafety.problems(hazelcast.getConfig(), minimumMembers));
    if (!problems.isEmpty()) {
      problems.add(0, new Problem("", UNSAFE));
      throw new ConfigException(problems);
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
