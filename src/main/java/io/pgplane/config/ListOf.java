package io.pgplane.config;

import java.util.List;
import java.util.Optional;

/** A list of the file, of elements of one type. */
record ListOf<T>(Type<T> item, int min) implements Type<List<T>> {

  @Override
  public String words() {
    return min > 0 ? "a list with at least one element" : "a list";
  }

  @Override
  public Optional<Shape<?>> inner() {
    return item.inner();
  }

  @Override
  public String step() {
    return "[]";
  }

  @Override
  public Optional<List<T>> read(Node node) {
    if (!(node.value() instanceof List<?> list)) {
      return node.refuseType(words());
    }
    if (list.size() < min) {
      return node.refuse("expected " + words() + ", found an empty one");
    }
    List<T> read = node.items().stream().map(item::read).flatMap(Optional::stream).toList();
    return read.size() == list.size() ? Optional.of(read) : Optional.empty();
  }
}
