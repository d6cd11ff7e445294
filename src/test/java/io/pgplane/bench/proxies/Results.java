package io.pgplane.bench.proxies;

import static java.util.Comparator.naturalOrder;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;

/** All that was measured, each round of it. */
final class Results {
  /** These come before the others, the last of them first. */
  private static final List<String> FIRST =
      List.of(Contender.PGPLANE_IO_URING, Contender.PGPLANE, Contender.DIRECT);

  private final Map<Row, Map<Measure, Map<String, List<Double>>>> rows = new LinkedHashMap<>();

  /** A workload in clear or with TLS. */
  record Row(String workload, boolean tls) {
    @Override
    public String toString() {
      return workload + (tls ? ", TLS" : "");
    }
  }

  /** Adds what one round of one contender gave. */
  void add(Row row, String contender, Map<Measure, Double> found) {
    Map<Measure, Map<String, List<Double>>> measures =
        rows.computeIfAbsent(row, r -> new EnumMap<>(Measure.class));
    found.forEach(
        (measure, value) ->
            measures
                .computeIfAbsent(measure, m -> new LinkedHashMap<>())
                .computeIfAbsent(contender, c -> new ArrayList<>())
                .add(value));
  }

  /** Adds another run's {@link #csv}. */
  void addCsv(List<String> lines) {
    for (String line : lines.subList(1, lines.size())) {
      String[] fields = line.split(";", -1);
      add(
          new Row(fields[0], Boolean.parseBoolean(fields[1])),
          fields[3],
          Map.of(Measure.of(fields[2]), Double.valueOf(fields[5])));
    }
  }

  /** In the order in which they were measured. */
  Set<Row> rows() {
    return Collections.unmodifiableSet(rows.keySet());
  }

  Set<Measure> measures(Row row) {
    return rows.getOrDefault(row, Map.of()).keySet();
  }

  /** All who were measured: the direct connection, pgplane, the others by name. */
  Set<String> contenders() {
    Set<String> all =
        new TreeSet<>(
            Comparator.<String>comparingInt(FIRST::indexOf)
                .reversed()
                .thenComparing(naturalOrder()));
    rows.values()
        .forEach(measures -> measures.values().forEach(values -> all.addAll(values.keySet())));
    return all;
  }

  /** Of each round, sorted; empty if it was not measured. */
  List<Double> sorted(Row row, Measure measure, String contender) {
    return rows
        .getOrDefault(row, Map.of())
        .getOrDefault(measure, Map.of())
        .getOrDefault(contender, List.of())
        .stream()
        .sorted()
        .toList();
  }

  OptionalDouble median(Row row, Measure measure, String contender) {
    List<Double> values = sorted(row, measure, contender);
    return values.isEmpty()
        ? OptionalDouble.empty()
        : OptionalDouble.of(
            (values.get((values.size() - 1) / 2) + values.get(values.size() / 2)) / 2);
  }

  /**
   * The median of each round's ratio of pgplane to another: the machine's drift from round to round
   * is not in it.
   */
  OptionalDouble ratio(Row row, Measure measure, String other) {
    Map<String, List<Double>> values =
        rows.getOrDefault(row, Map.of()).getOrDefault(measure, Map.of());
    List<Double> own = values.getOrDefault(Contender.PGPLANE, List.of());
    List<Double> theirs = values.getOrDefault(other, List.of());
    List<Double> ratios = new ArrayList<>();
    for (int i = 0; i < Math.min(own.size(), theirs.size()); i++) {
      ratios.add(own.get(i) / theirs.get(i));
    }
    Collections.sort(ratios);
    return ratios.isEmpty()
        ? OptionalDouble.empty()
        : OptionalDouble.of(
            (ratios.get((ratios.size() - 1) / 2) + ratios.get(ratios.size() / 2)) / 2);
  }

  /** One line for each round of each contender. */
  String csv() {
    StringBuilder csv = new StringBuilder("workload;tls;measure;contender;round;value\n");
    rows.forEach(
        (row, measures) ->
            measures.forEach(
                (measure, values) ->
                    values.forEach(
                        (contender, rounds) -> {
                          for (int i = 0; i < rounds.size(); i++) {
                            csv.append(
                                String.format(
                                    Locale.ROOT,
                                    "%s;%s;%s;%s;%d;%.3f%n",
                                    row.workload(),
                                    row.tls(),
                                    measure.label,
                                    contender,
                                    i + 1,
                                    rounds.get(i)));
                          }
                        })));
    return csv.toString();
  }
}
