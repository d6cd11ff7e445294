package io.pgplane.config;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * A map of the file: the keys it may have, and what is made of them.
 *
 * <p>All keys are read, whatever is wrong with some; the record is made only if all are right.
 */
record Shape<T>(List<Key<?>> keys, Function<Values, T> make) implements Type<T> {

  @Override
  public String words() {
    return "a map";
  }

  @Override
  public Optional<Shape<?>> inner() {
    return Optional.of(this);
  }

  @Override
  public Optional<T> read(Node node) {
    if (!(node.value() instanceof Map<?, ?> map)) {
      return node.refuseType(words());
    }
    boolean known = node.problems().leavesUnknownKeys() || refuseUnknown(node, map);
    Map<Key<?>, Object> values = new HashMap<>();
    boolean right = true;
    for (Key<?> key : keys) {
      right &= readKey(key, node.key(key.name()), map.containsKey(key.name()), values);
    }
    if (!right || !known) {
      return Optional.empty();
    }
    try {
      return Optional.of(make.apply(new Values(values, node.problems())));
    } catch (Values.Refused refused) {
      Node where = refused.where().isEmpty() ? node : node.key(refused.where());
      return where.refuse(refused.getMessage());
    }
  }

  private static boolean readKey(
      Key<?> key, Node node, boolean present, Map<Key<?>, Object> values) {
    Node source = node;
    if (present && node.value() == null) {
      node.refuseType(key.type().words());
      return false;
    } else if (!present && key.fallback().isPresent()) {
      source = new Node(node.path(), key.fallback().get(), node.problems());
    } else if (!present && key.required()) {
      node.refuse("missing; expected " + key.type().words());
      return false;
    } else if (!present) {
      return true;
    }
    Optional<?> value = key.type().read(source);
    value.ifPresent(there -> values.put(key, there));
    return value.isPresent();
  }

  private boolean refuseUnknown(Node node, Map<?, ?> map) {
    List<String> names = keys.stream().map(Key::name).toList();
    List<String> unknown =
        map.keySet().stream().map(String::valueOf).filter(name -> !names.contains(name)).toList();
    for (String name : unknown) {
      node.key(name.replaceAll("\\p{Cntrl}", "?"))
          .refuse("unknown key" + Nearest.hint(name, names));
    }
    return unknown.isEmpty();
  }
}
