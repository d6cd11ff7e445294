package io.pgplane.controlplane.cluster;

import com.hazelcast.core.HazelcastInstance;
import io.pgplane.config.Cluster;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.util.List;
import java.util.Optional;

/** A Vert.x that is a member of a Hazelcast cluster. */
public final class ClusteredVertx {
  /** What all that pgplane shares relies on: nobody has Java objects of any class made. */
  private static final String NOT_CLOSED =
      "Hazelcast would deserialise any class: start it with pgplane's cluster.xml (leave"
          + " -Dvertx.hazelcast.config out, or copy its java-serialization-filter)";

  private ClusteredVertx() {}

  /** Joins, or begins, the cluster. */
  public static Future<Vertx> join(VertxOptions options, Cluster cluster) {
    com.hazelcast.config.Config hazelcast = HazelcastConfig.of(cluster);
    options.setEventBusOptions(eventBus(cluster));
    return Vertx.builder()
        .with(options)
        .withClusterManager(new HazelcastClusterManager(hazelcast))
        .buildClustered();
  }

  /**
   * The Hazelcast of a Vert.x; empty if it has none.
   *
   * @throws IllegalStateException if it is not safe to share secrets by it
   */
  public static Optional<HazelcastInstance> hazelcast(Vertx vertx) {
    return vertx instanceof VertxInternal inside
            && inside.clusterManager() instanceof HazelcastClusterManager manager
        ? Optional.of(checked(manager.getHazelcastInstance()))
        : Optional.empty();
  }

  private static HazelcastInstance checked(HazelcastInstance hazelcast) {
    if (hazelcast.getConfig().getSerializationConfig().getJavaSerializationFilterConfig() == null) {
      throw new IllegalStateException(NOT_CLOSED);
    }
    return hazelcast;
  }

  private static EventBusOptions eventBus(Cluster cluster) {
    EventBusOptions options = new EventBusOptions();
    cluster.host().ifPresent(options::setHost);
    cluster
        .tls()
        .ifPresent(
            tls ->
                options
                    .setSsl(true)
                    .setKeyCertOptions(
                        new PemKeyCertOptions()
                            .setCertPaths(List.of(tls.certificate().toString()))
                            .setKeyPaths(List.of(tls.key().toString())))
                    .setTrustOptions(new PemTrustOptions().addCertPath(tls.ca().toString()))
                    .setClientAuth(ClientAuth.REQUIRED));
    return options;
  }
}
