package io.pgplane.controlplane.cluster;

import com.hazelcast.config.Config;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.LifecycleService;
import io.pgplane.controlplane.memberport.MemberPort;
import io.pgplane.controlplane.memberport.MemberTls;
import io.vertx.core.Completable;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Vert.x's cluster manager on a Hazelcast with TLS. It ends this Hazelcast when Vert.x leaves,
 * which the one of Vert.x does only with an instance that it has started itself.
 */
final class SecuredManager extends HazelcastClusterManager {
  /** Where Vert.x looks for the name of a node. */
  private static final String NODE_ID = "__vertx.nodeId";

  private static final long PAUSE_NANOS = 1_000_000;

  private final HazelcastInstance hazelcast;
  private final Optional<String> publicHost;

  private SecuredManager(HazelcastInstance hazelcast) {
    super(hazelcast);
    this.hazelcast = hazelcast;
    this.publicHost =
        Optional.ofNullable(hazelcast.getConfig().getNetworkConfig().getPublicAddress());
  }

  /** Joins, or begins, the cluster. */
  static Future<SecuredManager> start(Config config, MemberTls tls) {
    config.getMemberAttributeConfig().setAttribute(NODE_ID, UUID.randomUUID().toString());
    return Future.fromCompletionStage(
        CompletableFuture.supplyAsync(() -> new SecuredManager(MemberPort.start(config, tls))));
  }

  @Override
  public @Nullable String clusterHost() {
    return publicHost.isPresent()
        ? null
        : hazelcast.getCluster().getLocalMember().getAddress().getHost();
  }

  @Override
  public @Nullable String clusterPublicHost() {
    return publicHost.orElse(null);
  }

  @Override
  public void leave(Completable<Void> done) {
    Promise<Void> left = Promise.promise();
    super.leave(left);
    left.future().eventually(this::end).onComplete(done);
  }

  /** Ends the Hazelcast; may be called again. */
  Future<Void> end() {
    return Future.fromCompletionStage(CompletableFuture.runAsync(this::shutDown));
  }

  private void shutDown() {
    LifecycleService lifecycle = hazelcast.getLifecycleService();
    while (lifecycle.isRunning()) {
      try {
        lifecycle.shutdown();
      } catch (RejectedExecutionException e) {
        LockSupport.parkNanos(PAUSE_NANOS); // now and then its threads end before; again, as Vert.x
      }
    }
  }
}
