package io.pgplane.controlplane.cluster;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.partition.PartitionService;
import io.pgplane.controlplane.revision.Sealer;
import io.vertx.core.buffer.Buffer;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Which members have brought in what they knew: {@code pgplane.arrived} has a sealed entry for each
 * of their Vert.x nodes. All block.
 */
final class Arrivals {
  private final SealedMap<String> table;
  private final PartitionService partitions;
  private final Nodes nodes;
  private final Sealer sealer;
  private final Executor workers;
  private final UUID listener;

  /** Some of what members have brought in may be lost. */
  private final AtomicBoolean lost = new AtomicBoolean();

  Arrivals(HazelcastInstance hazelcast, Sealer sealer, Executor workers) {
    this.table = new SealedMap<>(hazelcast.getMap("pgplane.arrived"), String.class);
    this.partitions = hazelcast.getPartitionService();
    this.nodes = new Nodes(hazelcast);
    this.sealer = sealer;
    this.workers = workers;
    this.listener = partitions.addPartitionLostListener(partition -> lose());
  }

  /**
   * The owner of a partition is gone, and its backups may have been behind: members must bring in
   * again what they know before anything is committed. A member owns many: once will do for all
   * that are told of meanwhile.
   */
  private void lose() {
    if (!lost.getAndSet(true)) {
      workers.execute(this::forget);
    }
  }

  private void forget() {
    if (!lost.getAndSet(false)) {
      return;
    }
    try {
      for (String node : table.keySet()) {
        table.delete(node);
      }
    } catch (RuntimeException e) {
      lost.set(true);
      throw e;
    }
  }

  /**
   * This member has arrived, too.
   *
   * @return how many of those that are there have
   */
  int arrive() {
    forget(); // if it could not be done when it was told
    table.set(nodes.own(), sealer.seal(place(nodes.own()), "").getBytes());
    Set<String> there = nodes.all();
    int arrived = 0;
    for (String node : table.keySet()) {
      byte[] word = table.get(node);
      if (word == null) {
        continue;
      }
      if (there.contains(node) && sealer.open(place(node), Buffer.buffer(word)).isPresent()) {
        arrived++;
      } else {
        table.remove(node, word);
      }
    }
    return arrived;
  }

  void close() {
    partitions.removePartitionLostListener(listener);
  }

  private static String place(String node) {
    return "arrived/" + node;
  }
}
