package io.pgplane.controlplane.cluster;

import com.hazelcast.config.Config;
import com.hazelcast.config.NetworkConfig;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import io.pgplane.controlplane.events.Seal;
import io.pgplane.crypto.ClusterSecret;
import io.pgplane.testkit.Await;
import io.pgplane.testkit.FreePort;
import io.pgplane.testkit.Proxy;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Members of a cluster in this JVM, with nothing but their leases. */
final class LeaseMembers implements AutoCloseable {
  private static final Seal SEAL =
      new Seal(
          List.of(ClusterSecret.of("c2VjcmV0IHRoYXQgYWxsIHRoZSB0ZXN0cyBzaGFyZSE=")), where -> {});
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Vertx vertx = Vertx.vertx();
  private final String cluster = "test-" + UUID.randomUUID();
  private final List<Integer> ports = new ArrayList<>();
  private final List<HazelcastInstance> running = new ArrayList<>();
  private final Duration hold;

  /** One of them. */
  record One(HazelcastInstance hazelcast, Leases leases) {
    SealedTexts table() {
      return new SealedTexts(hazelcast.getMap("pgplane.leases"), SEAL, "leases");
    }

    /** The same as anybody sees it who has not the secret. */
    IMap<Object, Object> asStranger() {
      return hazelcast.getMap("pgplane.leases");
    }

    /** Without a goodbye. */
    void kill() {
      hazelcast.getLifecycleService().terminate();
    }
  }

  LeaseMembers(int most, Duration hold) {
    this.hold = hold;
    for (int i = 0; i < most; i++) {
      ports.add(FreePort.next());
    }
  }

  /** Starts a member, and waits until all know each other. */
  One start(int number) {
    HazelcastInstance hazelcast = Hazelcast.newHazelcastInstance(config(ports.get(number)));
    running.removeIf(one -> !one.getLifecycleService().isRunning());
    running.add(hazelcast);
    await(running.size());
    return new One(
        hazelcast, Proxy.result(Leases.start(hazelcast, "member-" + number, vertx, hold, SEAL)));
  }

  /** Waits until the members that are left have noticed. */
  void await(int size) {
    Await.until(
        size + " members",
        PATIENCE,
        () ->
            running.stream()
                .filter(one -> one.getLifecycleService().isRunning())
                .allMatch(one -> one.getCluster().getMembers().size() == size));
  }

  private Config config(int port) {
    Config config = HazelcastConfig.builtIn();
    config.setClusterName(cluster);
    config.getMemberAttributeConfig().setAttribute("__vertx.nodeId", UUID.randomUUID().toString());
    config.setProperty("hazelcast.wait.seconds.before.join", "0");
    config.setProperty("hazelcast.partition.count", "31");
    HazelcastConfig.members(config, onLoopback(port, ports));
    return config;
  }

  /** The network of one that others find at these ports. */
  static NetworkConfig onLoopback(int port, List<Integer> ports) {
    NetworkConfig network = new NetworkConfig().setPort(port).setPortAutoIncrement(false);
    network.getInterfaces().setEnabled(true).addInterface("127.0.0.1");
    network.getJoin().getMulticastConfig().setEnabled(false);
    network.getJoin().getAutoDetectionConfig().setEnabled(false);
    network.getJoin().getTcpIpConfig().setEnabled(true);
    ports.forEach(each -> network.getJoin().getTcpIpConfig().addMember("127.0.0.1:" + each));
    return network;
  }

  @Override
  public void close() {
    running.forEach(one -> one.getLifecycleService().terminate());
    Proxy.result(vertx.close());
  }
}
