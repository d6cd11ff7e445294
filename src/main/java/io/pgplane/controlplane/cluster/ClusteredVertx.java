package io.pgplane.controlplane.cluster;

import io.pgplane.config.Cluster;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.util.List;
import java.util.function.UnaryOperator;

/** A Vert.x that is a member of a Hazelcast cluster. */
public final class ClusteredVertx {
  private ClusteredVertx() {}

  /**
   * Joins, or begins, the cluster.
   *
   * @param with what else the Vert.x is built with
   */
  public static Future<Vertx> join(
      VertxOptions options, Cluster cluster, UnaryOperator<VertxBuilder> with) {
    com.hazelcast.config.Config hazelcast = HazelcastConfig.of(cluster);
    options.setEventBusOptions(eventBus(cluster));
    return with.apply(Vertx.builder().with(options))
        .withClusterManager(new HazelcastClusterManager(hazelcast))
        .buildClustered();
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
