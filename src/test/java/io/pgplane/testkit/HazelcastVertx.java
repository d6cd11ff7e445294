package io.pgplane.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.hazelcast.config.XmlConfigBuilder;
import com.hazelcast.core.HazelcastInstance;
import io.pgplane.config.Cluster;
import io.pgplane.controlplane.cluster.ClusteredVertx;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.internal.VertxInternal;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Somebody's application in a cluster, by a Hazelcast configuration in XML. */
public final class HazelcastVertx {
  private HazelcastVertx() {}

  /** Joins the cluster without TLS, as Vert.x does it by itself. */
  public static Vertx join(String hazelcast) {
    EventBusOptions here = new EventBusOptions().setHost("127.0.0.1");
    return Proxy.result(
        Vertx.builder()
            .with(new VertxOptions().setEventBusOptions(here))
            .withClusterManager(
                new HazelcastClusterManager(
                    new XmlConfigBuilder(new ByteArrayInputStream(hazelcast.getBytes(UTF_8)))
                        .build()))
            .buildClustered());
  }

  /** Joins members that run, by their secret. */
  public static Vertx join(String hazelcast, String secret) {
    try {
      Path file = Files.createTempFile("hazelcast", ".xml");
      try {
        Files.writeString(file, hazelcast);
        return Proxy.result(
            ClusteredVertx.join(
                new VertxOptions(), Cluster.application(secret, file, "127.0.0.1")));
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The Hazelcast of a clustered Vert.x. */
  public static HazelcastInstance hazelcast(Vertx vertx) {
    return ((HazelcastClusterManager) ((VertxInternal) vertx).clusterManager())
        .getHazelcastInstance();
  }
}
