package io.pgplane.controlplane.cluster;

import com.hazelcast.partition.PartitionService;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The last that this member has seen of a table. Members that die while Hazelcast has not yet
 * copied what they kept would take entries with them, and so the knowledge of what is held.
 */
final class Copies {
  private final Map<String, String> seen = new ConcurrentHashMap<>();
  private final SealedTexts table;
  private final PartitionService partitions;

  Copies(SealedTexts table, PartitionService partitions) {
    this.table = table;
    this.partitions = partitions;
  }

  /** Looks at all that is there; what is there no more it hears by events alone. Blocks. */
  void look() {
    seen.putAll(table.all());
  }

  /** What is there now; events of one entry come in order. */
  void changed(String key, @Nullable String value) {
    if (value == null) {
      seen.remove(key);
    } else {
      seen.put(key, value);
    }
  }

  /** All that it has seen. */
  Map<String, String> all() {
    return Map.copyOf(seen);
  }

  /** Puts back what a partition has lost; blocks. */
  void restore(int partition) {
    seen.forEach(
        (key, value) -> {
          if (partitions.getPartition(key).getPartitionId() == partition) {
            table.putIfAbsent(key, value);
          }
        });
  }
}
