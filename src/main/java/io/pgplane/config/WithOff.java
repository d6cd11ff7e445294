package io.pgplane.config;

import java.util.Optional;

/** A type one of whose words is {@code off}: without quotes, YAML takes that for a truth value. */
record WithOff<T>(Type<T> type) implements Type<T> {

  @Override
  public String words() {
    return type.words();
  }

  @Override
  public Optional<T> read(Node node) {
    boolean off = Boolean.FALSE.equals(node.value());
    return type.read(off ? new Node(node.path(), "off", node.problems()) : node);
  }
}
