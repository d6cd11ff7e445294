package io.pgplane.controlplane.cluster;

import com.hazelcast.cluster.Address;
import com.hazelcast.config.Config;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.core.HazelcastInstance;
import io.pgplane.config.Cluster;
import io.pgplane.config.ConfigException;
import io.pgplane.config.Problem;
import io.pgplane.controlplane.revision.Ledger;
import io.pgplane.controlplane.revision.Sealer;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.net.UnknownHostException;
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

  private static final String OPEN =
      "Hazelcast's port has no TLS in a Vert.x that the launcher or an application has clustered: who"
          + " reaches it can join without the secret, and end all members; use `run`, or set this to"
          + " true where only members reach it";

  private final Vertx vertx;
  private final HazelcastInstance hazelcast;

  private ClusterNode(Vertx vertx, HazelcastInstance hazelcast) {
    this.vertx = vertx;
    this.hazelcast = hazelcast;
  }

  /**
   * The node of a Vert.x; empty if it is not clustered by Hazelcast.
   *
   * @throws ConfigException if its Hazelcast is not safe for the tables of pgplane
   */
  public static Optional<ClusterNode> of(Vertx vertx, Cluster cluster) {
    return vertx instanceof VertxInternal inside
            && inside.clusterManager() instanceof HazelcastClusterManager manager
        ? Optional.of(new ClusterNode(vertx, checked(manager, cluster)))
        : Optional.empty();
  }

  private static HazelcastInstance checked(HazelcastClusterManager manager, Cluster cluster) {
    HazelcastInstance hazelcast = manager.getHazelcastInstance();
    List<Problem> problems =
        new ArrayList<>(HazelcastSafety.problems(hazelcast.getConfig(), cluster.minimumMembers()));
    if (!problems.isEmpty()) {
      problems.add(0, new Problem("", UNSAFE));
    }
    if (!(manager instanceof SecuredManager) && !cluster.trustNetwork() && isReachable(hazelcast)) {
      problems.add(new Problem("cluster.trustNetwork", OPEN));
    }
    if (!problems.isEmpty()) {
      throw new ConfigException(problems);
    }
    return hazelcast;
  }

  /** Whether others than this machine may reach its ports; multicast listens on all addresses. */
  private static boolean isReachable(HazelcastInstance hazelcast) {
    try {
      Address own = hazelcast.getCluster().getLocalMember().getAddress();
      return !own.getInetAddress().isLoopbackAddress()
          || !"false".equals(hazelcast.getConfig().getProperty("hazelcast.socket.bind.any"))
          || join(hazelcast.getConfig()).getMulticastConfig().isEnabled();
    } catch (UnknownHostException e) {
      return true;
    }
  }

  private static JoinConfig join(Config config) {
    return config.getAdvancedNetworkConfig().isEnabled()
        ? config.getAdvancedNetworkConfig().getJoin()
        : config.getNetworkConfig().getJoin();
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
