package io.pgplane.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What was found wrong so far; the first problem of a path hides those that follow from it. */
final class Problems {
  private final Map<String, Problem> byPath = new LinkedHashMap<>();

  void add(String path, String text) {
    byPath.putIfAbsent(path, new Problem(path, text));
  }

  List<Problem> list() {
    return List.copyOf(byPath.values());
  }
}
