package io.pgplane.config;

import java.util.Map;
import java.util.Optional;

/** The values of a map's keys, each of its key's type. */
final class Values {
  private final Map<Key<?>, Object> values;
  private final Problems problems;

  Values(Map<Key<?>, Object> values, Problems problems) {
    this.values = values;
    this.problems = problems;
  }

  /** Of the whole file. */
  Problems problems() {
    return problems;
  }

  <T> T get(Key<T> key) {
    return find(key).orElseThrow();
  }

  @SuppressWarnings("unchecked") // Shape puts under a Key<T> what a Type<T> has read
  <T> Optional<T> find(Key<T> key) {
    return Optional.ofNullable((T) values.get(key));
  }

  /**
   * A problem of the map being made into a record.
   *
   * @param where the path from the map to the problem; empty for the map itself
   */
  static Refused refused(String where, String text) {
    return new Refused(where, text);
  }

  /** Carries a problem out of the making of a value. */
  static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String where;

    private Refused(String where, String text) {
      super(text, null, false, false);
      this.where = where;
    }

    String where() {
      return where;
    }

    @Override
    public String getMessage() {
      return String.valueOf(super.getMessage());
    }
  }
}
