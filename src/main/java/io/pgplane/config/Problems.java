package io.pgplane.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What was found wrong so far; the first problem of a path hides those that follow from it. */
final class Problems {
  private final boolean unknownKeysLeft;
  private final Map<String, Problem> byPath = new LinkedHashMap<>();

  Problems() {
    this(false);
  }

  private Problems(boolean unknownKeysLeft) {
    this.unknownKeysLeft = unknownKeysLeft;
  }

  /** For what a newer member may have written: keys that are unknown here are no problems. */
  static Problems leavingUnknownKeys() {
    return new Problems(true);
  }

  boolean leavesUnknownKeys() {
    return unknownKeysLeft;
  }

  void add(String path, String text) {
    byPath.putIfAbsent(path, new Problem(path, text));
  }

  List<Problem> list() {
    return List.copyOf(byPath.values());
  }
}
