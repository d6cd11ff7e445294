package io.pgplane.controlplane.cluster;

import com.hazelcast.map.IMap;
import com.hazelcast.map.listener.MapListener;
import com.hazelcast.map.listener.MapPartitionLostListener;
import io.pgplane.controlplane.revision.Sealer;
import io.vertx.core.buffer.Buffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A table of Hazelcast with texts, each sealed for its key. What lies there and is not counts as
 * not there, and is replaced. All but the listeners block.
 */
final class SealedTexts {
  private final IMap<String, Object> map;
  private final SealedMap<String> table;
  private final Sealer sealer;
  private final String place;

  /**
   * The table of a name.
   *
   * @param place what the places of its entries begin with
   */
  SealedTexts(IMap<String, Object> map, Sealer sealer, String place) {
    this.map = map;
    this.table = new SealedMap<>(map, String.class);
    this.sealer = sealer;
    this.place = place;
  }

  @Nullable String get(String key) {
    return open(key, table.get(key));
  }

  Set<String> keySet() {
    return table.keySet();
  }

  /** All that is there. */
  Map<String, String> all() {
    Map<String, String> found = new HashMap<>();
    for (String key : table.keySet()) {
      String text = get(key);
      if (text != null) {
        found.put(key, text);
      }
    }
    return found;
  }

  /** Whether it is there now; it is not if another text was. */
  boolean putIfAbsent(String key, String text) {
    byte[] ours = seal(key, text);
    byte[] there = table.putIfAbsent(key, ours);
    while (there != null && open(key, there) == null) {
      there = table.replace(key, there, ours) ? null : table.putIfAbsent(key, ours);
    }
    return there == null;
  }

  /** Whether the one text was there, and now is the other. */
  boolean replace(String key, String read, String next) {
    byte[] there = table.get(key);
    return there != null
        && read.equals(open(key, there))
        && table.replace(key, there, seal(key, next));
  }

  /** Whether the text was there, and now is no more. */
  boolean remove(String key, String read) {
    byte[] there = table.get(key);
    return there != null && read.equals(open(key, there)) && table.remove(key, there);
  }

  void set(String key, String text) {
    table.set(key, seal(key, text));
  }

  void delete(String key) {
    table.delete(key);
  }

  /** The text of a value that was seen in an event. */
  Optional<String> opened(String key, @Nullable Object value) {
    return value == null
        ? Optional.empty()
        : Optional.ofNullable(open(key, value instanceof byte[] bytes ? bytes : new byte[0]));
  }

  /**
   * Has somebody told of all that changes, or is lost.
   *
   * @return ends it
   */
  Runnable listen(EntryChanges.Told told, MapPartitionLostListener lost) {
    MapListener changes = new EntryChanges(this, told);
    UUID entries = map.addEntryListener(changes, true);
    UUID partitions = map.addPartitionLostListener(lost);
    return () -> {
      map.removeEntryListener(entries);
      map.removePartitionLostListener(partitions);
    };
  }

  private byte[] seal(String key, String text) {
    return sealer.seal(place + "/" + key, text).getBytes();
  }

  private @Nullable String open(String key, byte @Nullable [] there) {
    return there == null ? null : sealer.open(place + "/" + key, Buffer.buffer(there)).orElse(null);
  }
}
