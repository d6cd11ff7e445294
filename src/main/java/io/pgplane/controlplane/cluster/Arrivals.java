package io.pgplane.controlplane.cluster;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.partition.PartitionService;
import io.pgplane.controlplane.revision.Sealer;
import io.vertx.core.buffer.Buffer;
import java.util.Set;
import java.util.UUID;

/**
 * Which members have brought in what they knew: {@code pgplane.arrived} has a sealed entry for each
 * of their Vert.x nodes. All block.
 */
final class Arrivals {
  private final SealedMap<String> table;
  private final PartitionService partitions;
  private final Nodes nodes;
  private final Sealer sealer;
  private final UUID listener;

  Arrivals(HazelcastInstance hazelcast, Sealer sealer) {
    this.table = new SealedMap<>(hazelcast.getMap("pgplane.arrived"), String.class);
    this.partitions = hazelcast.getPartitionService();
    this.nodes = new Nodes(hazelcast);
    this.sealer = sealer;
    // What is lost now, members must bring in again before anything is committed.
    this.listener = partitions.addPartitionLostListener(lost -> table.clear());
  }

  /**
   * This member has arrived, too.
   *
   * @return how many of those that are there have
   */
  int arrive() {
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
