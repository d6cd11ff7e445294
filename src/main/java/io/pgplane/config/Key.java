package io.pgplane.config;

import java.util.Optional;

/**
 * A key of a map in the file, declared in one line: the binding and the reference both read it.
 *
 * @param fallback what stands for an absent key, as it would be written; empty if the record does
 *     without it, or has to have it
 * @param meaning one sentence of the reference
 */
record Key<T>(
    String name, Type<T> type, boolean required, Optional<String> fallback, String meaning) {

  /** A key that must be there. */
  static <T> Key<T> required(String name, Type<T> type, String meaning) {
    return new Key<>(name, type, true, Optional.empty(), meaning);
  }

  /** A key that may be left out. */
  static <T> Key<T> optional(String name, Type<T> type, String meaning) {
    return new Key<>(name, type, false, Optional.empty(), meaning);
  }

  /** A key that is read from the fallback when it is left out. */
  static <T> Key<T> or(String fallback, String name, Type<T> type, String meaning) {
    return new Key<>(name, type, false, Optional.of(fallback), meaning);
  }
}
