package io.pgplane.config;

import io.pgplane.topology.NamePattern;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The names that some patterns take. Exact ones are looked up, however many there are. */
record NamePatterns(Set<String> names, List<NamePattern> others) {
  static NamePatterns of(Stream<NamePattern> patterns) {
    Set<String> names = new HashSet<>();
    Set<NamePattern> others = new HashSet<>();
    patterns.forEach(
        pattern -> pattern.exact().ifPresentOrElse(names::add, () -> others.add(pattern)));
    return new NamePatterns(names, List.copyOf(others));
  }

  boolean take(String name) {
    return names.contains(name) || others.stream().anyMatch(pattern -> pattern.matches(name));
  }
}
