package io.pgplane.controlplane.cluster;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.partition.PartitionService;
import io.pgplane.controlplane.revision.Sealer;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which members have brought in what they knew: {@code pgplane.arrived} has a sealed entry for each
 * of their Vert.x nodes. All block.
 */
final class Arrivals {
  private static final Logger LOG = LoggerFactory.getLogger(Arrivals.class);

  private final SealedMap<String> table;
  private final PartitionService partitions;
  private final Nodes nodes;
  private final Sealer sealer;
  private final Errand forgetting;
  private final UUID listener;

  /** How many partitions have lost their owner. */
  private final AtomicLong lost = new AtomicLong();

  /** After how many of them the table was cleared. */
  private volatile long forgotten;

  Arrivals(HazelcastInstance hazelcast, Sealer sealer, Errand.Worker worker) {
    this.table = new SealedMap<>(hazelcast.getMap("pgplane.arrived"), String.class);
    this.partitions = hazelcast.getPartitionService();
    this.nodes = new Nodes(hazelcast);
    this.sealer = sealer;
    this.forgetting = new Errand(worker, this::tryToForget);
    this.listener = partitions.addPartitionLostListener(partition -> lose());
  }

  /**
   * The owner of a partition is gone, and its backups may have been behind: members must bring in
   * again what they know before anything is committed. A member owns many: once will do for all
   * that are told of meanwhile.
   */
  private void lose() {
    lost.incrementAndGet();
    forgetting.ask();
  }

  private void tryToForget() {
    try {
      forget();
    } catch (RuntimeException e) {
      LOG.debug("to be done when this member arrives", e);
    }
  }

  private void forget() {
    long now = lost.get();
    if (now != forgotten) {
      table.keySet().forEach(table::delete);
      forgotten = now;
    }
  }

  /**
   * This member has arrived, too.
   *
   * @param word for the others
   * @return the words of those that are there and have arrived; none if something was lost
   *     meanwhile, which may be what this member has just found there
   */
  List<String> arrive(String word) {
    long before = lost.get();
    forget(); // if it could not be done when it was told
    table.set(nodes.own(), sealer.seal(place(nodes.own()), word).getBytes());
    if (lost.get() != before) {
      table.delete(nodes.own());
      return List.of();
    }
    Set<String> there = nodes.all();
    List<String> words = new ArrayList<>();
    for (String node : table.keySet()) {
      byte[] sealed = table.get(node);
      if (sealed == null) {
        continue;
      }
      Optional<String> opened =
          there.contains(node) ? sealer.open(place(node), Buffer.buffer(sealed)) : Optional.empty();
      opened.ifPresentOrElse(words::add, () -> table.remove(node, sealed));
    }
    return words;
  }

  void close() {
    partitions.removePartitionLostListener(listener);
  }

  private static String place(String node) {
    return "arrived/" + node;
  }
}
