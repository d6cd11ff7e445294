package io.pgplane.controlplane.cluster;

import io.pgplane.config.CertifiedKey;
import io.pgplane.config.Cluster;
import io.pgplane.config.Cluster.EventBusTls;
import io.pgplane.config.ConfigException;
import io.pgplane.config.Problem;
import io.pgplane.config.UnusableFileException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.PfxOptions;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.util.List;
import java.util.function.UnaryOperator;

/** A Vert.x that is a member of a Hazelcast cluster. */
public final class ClusteredVertx {
  private ClusteredVertx() {}

  /**
   * Joins, or begins, the cluster.
   *
   * <p>Blocks while it reads the files of its TLS.
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
                    .setKeyCertOptions(shown(tls))
                    .setTrustOptions(new PemTrustOptions().addCertPath(tls.ca().toString()))
                    .setClientAuth(ClientAuth.REQUIRED));
    return options;
  }

  private static PfxOptions shown(EventBusTls tls) {
    try {
      CertifiedKey shown = tls.certifiedKey();
      return new PfxOptions()
          .setValue(Buffer.buffer(shown.pkcs12()))
          .setPassword(CertifiedKey.IN_MEMORY);
    } catch (UnusableFileException e) {
      throw new ConfigException(List.of(new Problem("cluster.tls", e.getMessage())));
    }
  }
}
