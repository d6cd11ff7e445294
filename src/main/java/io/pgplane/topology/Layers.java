package io.pgplane.topology;

import static java.util.function.Predicate.not;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A map by names, of which another with few changes is made at a cost that does not grow with its
 * size: the changes lie over a map that both have in common. Immutable.
 *
 * <p>Asked for all, it gives them in the order of the map that it was made of, with those that have
 * changed since anywhere.
 */
public final class Layers<V> extends AbstractMap<String, V> {
  /** So many changes are worth a new map below them. */
  static final int MOST = 1000;

  private final Map<String, V> below;

  /** Empty for what is gone. */
  private final Map<String, Optional<V>> above;

  private final int size;

  private Layers(Map<String, V> below, Map<String, Optional<V>> above, int size) {
    this.below = below;
    this.above = above;
    this.size = size;
  }

  /** The same as another map, which is copied if it is none of these. */
  public static <V> Layers<V> of(Map<String, V> map) {
    return map instanceof Layers<V> layers
        ? layers
        : new Layers<>(new LinkedHashMap<>(map), Map.of(), map.size());
  }

  /**
   * The same with changes.
   *
   * @param changes by name; empty for what shall be gone
   */
  public Layers<V> with(Map<String, Optional<V>> changes) {
    if (changes.isEmpty()) {
      return this;
    } else if (above.size() + changes.size() > MOST) {
      Map<String, V> flat = new LinkedHashMap<>(this);
      changes.forEach(
          (name, value) ->
              value.ifPresentOrElse(there -> flat.put(name, there), () -> flat.remove(name)));
      return new Layers<>(flat, Map.of(), flat.size());
    }
    Map<String, Optional<V>> merged = new HashMap<>(above);
    int next = size;
    for (Entry<String, Optional<V>> change : changes.entrySet()) {
      next += (change.getValue().isPresent() ? 1 : 0) - (containsKey(change.getKey()) ? 1 : 0);
      merged.put(change.getKey(), change.getValue());
    }
    return new Layers<>(below, merged, next);
  }

  /**
   * Under which names this one may have something else than another, which may be an earlier or a
   * later one.
   *
   * @return empty if they have so little in common that all must be looked at
   */
  public Optional<Set<String>> since(Layers<V> other) {
    if (below != other.below) {
      return Optional.empty();
    }
    Set<String> names = new HashSet<>(above.keySet());
    names.addAll(other.above.keySet());
    names.removeIf(name -> Objects.equals(get(name), other.get(name)));
    return Optional.of(names);
  }

  @Override
  public @Nullable V get(@Nullable Object name) {
    Optional<V> changed = above.get(name);
    return changed == null ? below.get(name) : changed.orElse(null);
  }

  @Override
  public boolean containsKey(@Nullable Object name) {
    return get(name) != null;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public Set<Entry<String, V>> entrySet() {
    return new AbstractSet<>() {
      @Override
      public Iterator<Entry<String, V>> iterator() {
        return entries().iterator();
      }

      @Override
      public int size() {
        return size;
      }
    };
  }

  private Stream<Entry<String, V>> entries() {
    Stream<Entry<String, V>> left =
        below.entrySet().stream()
            .filter(not(entry -> above.containsKey(entry.getKey())))
            .map(entry -> Map.entry(entry.getKey(), entry.getValue()));
    return above.isEmpty()
        ? left
        : Stream.concat(
            left,
            above.entrySet().stream()
                .flatMap(
                    change ->
                        change.getValue().stream()
                            .map(value -> Map.entry(change.getKey(), value))));
  }
}
