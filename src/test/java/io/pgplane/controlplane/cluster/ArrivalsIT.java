package io.pgplane.controlplane.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.config.Config;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.partition.PartitionService;
import io.pgplane.config.Cluster;
import io.pgplane.controlplane.events.Seal;
import io.pgplane.testkit.Await;
import io.pgplane.testkit.FreePort;
import io.pgplane.testkit.OneCluster;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What members have brought in, when one of them is lost. */
@ExtendWith(OneCluster.class)
class ArrivalsIT {
  private static final Seal SEAL = new Seal(List.of("a secret that tests share"), where -> {});

  private final List<Integer> ports = List.of(FreePort.next(), FreePort.next());
  private final String cluster = "arrivals-" + ports.get(0);
  private final List<HazelcastInstance> running = new ArrayList<>();

  @AfterEach
  void stop() {
    running.forEach(one -> one.getLifecycleService().terminate());
  }

  @Test
  void areForgottenOnceForAllThatTheLostMemberHadOwned() {
    HazelcastInstance left = start(ports.get(0));
    HazelcastInstance lost = start(ports.get(1));
    PartitionService partitions = left.getPartitionService();
    Await.until("both own some", () -> owned(partitions, lost) > 1 && partitions.isClusterSafe());
    Queue<Runnable> asked = new ConcurrentLinkedQueue<>();
    Arrivals arrivals = new Arrivals(left, SEAL, asked::add);
    assertThat(arrivals.arrive()).isEqualTo(1);
    AtomicLong told = new AtomicLong();
    partitions.addPartitionLostListener(event -> told.incrementAndGet());
    long owned = owned(partitions, lost);

    lost.getLifecycleService().terminate();

    Await.until("it is told of each", () -> told.get() == owned);
    assertThat(asked).hasSize(1);
    asked.remove().run();
    assertThat(left.getMap("pgplane.arrived").size()).isZero();
    assertThat(arrivals.arrive()).isEqualTo(1);
  }

  private HazelcastInstance start(int port) {
    Config config = HazelcastConfig.of(Cluster.alone(Optional.empty()));
    config.setClusterName(cluster);
    config.getMemberAttributeConfig().setAttribute("__vertx.nodeId", UUID.randomUUID().toString());
    config.setProperty("hazelcast.partition.count", "31");
    HazelcastConfig.members(config, LeaseMembers.onLoopback(port, ports));
    running.add(Hazelcast.newHazelcastInstance(config));
    return running.get(running.size() - 1);
  }

  private static long owned(PartitionService partitions, HazelcastInstance member) {
    UUID uuid = member.getCluster().getLocalMember().getUuid();
    return partitions.getPartitions().stream()
        .filter(one -> one.getOwner() != null && one.getOwner().getUuid().equals(uuid))
        .count();
  }
}
