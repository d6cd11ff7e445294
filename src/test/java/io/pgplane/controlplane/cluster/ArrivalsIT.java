package io.pgplane.controlplane.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.config.Config;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.partition.PartitionService;
import io.pgplane.config.Cluster;
import io.pgplane.controlplane.events.Seal;
import io.pgplane.controlplane.revision.Sealer;
import io.pgplane.crypto.ClusterSecret;
import io.pgplane.testkit.Await;
import io.pgplane.testkit.FreePort;
import io.pgplane.testkit.OneCluster;
import io.vertx.core.buffer.Buffer;
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
  private static final Seal SEAL =
      new Seal(
          List.of(ClusterSecret.of("c2VjcmV0IHRoYXQgYWxsIHRoZSB0ZXN0cyBzaGFyZSE=")), where -> {});

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
    HazelcastInstance other = start(ports.get(1));
    Queue<Runnable> asked = new ConcurrentLinkedQueue<>();
    Arrivals arrivals = new Arrivals(left, SEAL, asked::add);
    assertThat(arrivals.arrive("")).hasSize(1);

    lose(other, left);

    assertThat(asked).hasSize(1);
    asked.remove().run();
    assertThat(left.getMap("pgplane.arrived").size()).isZero();
    assertThat(arrivals.arrive("")).hasSize(1);
  }

  @Test
  void countForNothingIfSomethingIsLostMeanwhile() {
    HazelcastInstance left = start(ports.get(0));
    HazelcastInstance other = start(ports.get(1));
    Sealer losing =
        new Sealer() {
          @Override
          public Buffer seal(String place, String text) {
            if (other.getLifecycleService().isRunning()) {
              lose(other, left);
            }
            return SEAL.seal(place, text);
          }

          @Override
          public Optional<String> open(String place, Buffer sealed) {
            return SEAL.open(place, sealed);
          }
        };
    Arrivals arrivals = new Arrivals(left, losing, task -> {});

    assertThat(arrivals.arrive("")).isEmpty();
    assertThat(left.getMap("pgplane.arrived").size()).isZero();
    assertThat(arrivals.arrive("")).hasSize(1);
  }

  /** Returns once the one that is left was told of all that the other had owned. */
  private static void lose(HazelcastInstance other, HazelcastInstance left) {
    PartitionService partitions = left.getPartitionService();
    Await.until("both own some", () -> owned(partitions, other) > 1 && partitions.isClusterSafe());
    AtomicLong told = new AtomicLong();
    partitions.addPartitionLostListener(event -> told.incrementAndGet());
    long owned = owned(partitions, other);
    other.getLifecycleService().terminate();
    Await.until("it is told of each", () -> told.get() == owned);
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
