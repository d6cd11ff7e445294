package io.pgplane.config;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A place in the configuration's tree of maps, lists and scalars, whether something is there or
 * not.
 *
 * @param path as in {@code routes[2].backend}; empty for the whole
 * @param value what is there; null if nothing is
 */
record Node(String path, @Nullable Object value, Problems problems) {

  /** What a map holds under a key. */
  Node key(String name) {
    Object there = value instanceof Map<?, ?> map ? map.get(name) : null;
    return new Node(path.isEmpty() ? name : path + "." + name, there, problems);
  }

  /** The elements of a list, or what stands under names; none if it is neither. */
  List<Node> items() {
    if (value instanceof ByName named) {
      return named.values().keySet().stream()
          .map(name -> new Node(path + "." + name, named.values().get(name), problems))
          .toList();
    }
    if (!(value instanceof List<?> list)) {
      return List.of();
    }
    return IntStream.range(0, list.size())
        .mapToObj(i -> new Node(path + "[" + i + "]", list.get(i), problems))
        .toList();
  }

  boolean isMap() {
    return value instanceof Map;
  }

  Optional<String> text() {
    return value instanceof String text ? Optional.of(text) : Optional.empty();
  }

  /** Tells what is wrong here, and has no value to give. */
  <T> Optional<T> refuse(String text) {
    problems.add(path, text);
    return Optional.empty();
  }

  /** Warns of a value that is valid, but probably a mistake. */
  void warn(String text) {
    problems.warn(path, text);
  }

  <T> Optional<T> refuseType(String expected) {
    return refuse("expected " + expected + ", found " + Found.in(value));
  }
}
