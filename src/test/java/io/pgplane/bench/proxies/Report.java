package io.pgplane.bench.proxies;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pgplane.bench.proxies.Results.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The results as a table (Markdown), each round (CSV), and a plot (SVG). */
final class Report {
  private final Results results;
  private final String about;

  /**
   * Makes a report.
   *
   * @param about the machine and the run, in one line
   */
  Report(Results results, String about) {
    this.results = results;
    this.about = about;
  }

  void write(Path directory) throws IOException {
    Files.writeString(directory.resolve("bench.md"), table(), UTF_8);
    Files.writeString(directory.resolve("bench.csv"), results.csv(), UTF_8);
    Files.writeString(directory.resolve("bench.svg"), new Plot(results).svg(), UTF_8);
  }

  String table() {
    Set<String> contenders = results.contenders();
    List<String> others =
        contenders.stream().filter(one -> !one.equals(Contender.PGPLANE)).toList();
    StringBuilder table = new StringBuilder(about).append("\n\n| workload | measure |");
    contenders.forEach(one -> table.append(' ').append(one).append(" |"));
    others.forEach(one -> table.append(" pgplane : ").append(one).append(" |"));
    table.append("\n|---|---|").append("---:|".repeat(contenders.size() + others.size()));
    for (Row row : results.rows()) {
      for (Measure measure : results.measures(row)) {
        List<String> cells = new ArrayList<>(List.of(row.toString(), measure.label));
        contenders.forEach(one -> cells.add(value(row, measure, one)));
        others.forEach(one -> cells.add(ratio(row, measure, one)));
        table.append("\n| ").append(String.join(" | ", cells)).append(" |");
      }
    }
    return table.append('\n').toString();
  }

  /** The median, and the least and the most. */
  private String value(Row row, Measure measure, String contender) {
    List<Double> values = results.sorted(row, measure, contender);
    if (values.isEmpty()) {
      return "";
    }
    double median = results.median(row, measure, contender).orElseThrow();
    return values.size() == 1
        ? number(median)
        : number(median)
            + " ("
            + number(values.get(0))
            + " to "
            + number(values.get(values.size() - 1))
            + ")";
  }

  private String ratio(Row row, Measure measure, String other) {
    double ratio = results.ratio(row, measure, other).orElse(Double.NaN);
    return Double.isFinite(ratio) ? String.format(Locale.ROOT, "%.2f", ratio) : "";
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, value < 100 ? "%.1f" : "%,.0f", value);
  }
}
