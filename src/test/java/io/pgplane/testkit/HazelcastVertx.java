package io.pgplane.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.hazelcast.config.XmlConfigBuilder;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.io.ByteArrayInputStream;

/** Somebody's application in a cluster, by a Hazelcast configuration in XML. */
public final class HazelcastVertx {
  private HazelcastVertx() {}

  /** Joins the cluster. */
  public static Vertx join(String hazelcast) {
    return join(manager(hazelcast));
  }

  /** The same for who needs the manager later. */
  public static Vertx join(HazelcastClusterManager manager) {
    EventBusOptions here = new EventBusOptions().setHost("127.0.0.1");
    return Proxy.result(
        Vertx.builder()
            .with(new VertxOptions().setEventBusOptions(here))
            .withClusterManager(manager)
            .buildClustered());
  }

  /** What joins with this configuration. */
  public static HazelcastClusterManager manager(String hazelcast) {
    return new HazelcastClusterManager(
        new XmlConfigBuilder(new ByteArrayInputStream(hazelcast.getBytes(UTF_8))).build());
  }
}
