package io.pgplane.controlplane.cluster;

import com.hazelcast.map.IMap;
import com.hazelcast.map.listener.EntryAddedListener;
import com.hazelcast.map.listener.EntryUpdatedListener;
import com.hazelcast.nio.serialization.HazelcastSerializationException;
import io.pgplane.observability.LogKey;
import io.pgplane.observability.LogRate;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A table of Hazelcast with sealed bytes, into which anybody may have put anything. What is no
 * bytes at all, or cannot be deserialised here, counts as {@link #RUBBISH}, which is sealed for no
 * place.
 */
final class SealedMap<K> {
  private static final Logger LOG = LoggerFactory.getLogger(SealedMap.class);
  private static final byte[] RUBBISH = {};
  private static final int LOCK_SECONDS = 10;

  private final IMap<K, Object> map;
  private final Class<K> keys;
  private final LogRate rate = new LogRate();

  SealedMap(IMap<K, Object> map, Class<K> keys) {
    this.map = map;
    this.keys = keys;
  }

  byte @Nullable [] get(K key) {
    return bytes(() -> map.get(key));
  }

  byte @Nullable [] putIfAbsent(K key, byte[] value) {
    return bytes(() -> map.putIfAbsent(key, value));
  }

  void set(K key, byte[] value) {
    map.set(key, value);
  }

  void delete(K key) {
    map.delete(key);
  }

  /** Removes it if it is what {@link #get} has shown, and bytes. */
  boolean remove(K key, byte[] there) {
    return map.remove(key, there);
  }

  /**
   * Has somebody told when entries come or change.
   *
   * @return ends it
   */
  Runnable listen(Runnable told) {
    UUID added = map.addEntryListener((EntryAddedListener<K, Object>) event -> told.run(), false);
    UUID changed =
        map.addEntryListener((EntryUpdatedListener<K, Object>) event -> told.run(), false);
    return () -> {
      map.removeEntryListener(added);
      map.removeEntryListener(changed);
    };
  }

  boolean containsKey(K key) {
    return map.containsKey(key);
  }

  /** Puts bytes in the place of those that {@link #get} or {@link #putIfAbsent} has shown. */
  boolean replace(K key, byte[] there, byte[] value) {
    if (there != RUBBISH) {
      return map.replace(key, there, value);
    }
    map.lock(key, LOCK_SECONDS, TimeUnit.SECONDS);
    try {
      // Another member may have replaced it meanwhile.
      if (get(key) != RUBBISH) {
        return false;
      }
      map.set(key, value);
      return true;
    } finally {
      map.unlock(key);
    }
  }

  /** The keys, but for those that are none of this table. */
  Set<K> keySet() {
    Set<K> found = new HashSet<>();
    Iterator<?> all = map.keySet().iterator();
    while (all.hasNext()) {
      Object key = read(all::next);
      if (keys.isInstance(key)) {
        found.add(keys.cast(key));
      }
    }
    return found;
  }

  private byte @Nullable [] bytes(Supplier<@Nullable Object> reading) {
    Object there = read(reading);
    return there == null || there instanceof byte[] ? (byte[]) there : RUBBISH;
  }

  private @Nullable Object read(Supplier<@Nullable Object> reading) {
    try {
      return reading.get();
    } catch (HazelcastSerializationException | SecurityException e) {
      if (rate.take("what is no member's", map.getName())) {
        LOG.warn(
            "in {} lies what is no member's: {}",
            map.getName(),
            LogKey.printable(String.valueOf(e.getMessage())));
      }
      return RUBBISH;
    }
  }
}
