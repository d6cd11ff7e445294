package io.pgplane.bench.proxies;

import io.pgplane.bench.proxies.Results.Row;
import java.util.List;
import java.util.Locale;

/** How many times pgplane's CPU time each other proxy spends, a bar for each workload. */
final class Plot {
  private static final List<String> COLOURS = List.of("#4c78a8", "#f58518", "#54a24b", "#b279a2");
  private static final int LEFT = 330;
  private static final int BAR = 9;
  private static final int GAP = 8;
  private static final int TOP = 50;
  private static final double UNIT = 160;
  private static final double MOST = 4;

  private final Results results;
  private final StringBuilder svg = new StringBuilder();
  private int y = TOP;

  Plot(Results results) {
    this.results = results;
  }

  String svg() {
    List<String> others =
        results.contenders().stream()
            .filter(one -> !one.equals(Contender.PGPLANE) && !one.equals(Contender.DIRECT))
            .toList();
    text(10, 20, "CPU time of the proxy for the same work, pgplane = 1", "start");
    for (int i = 0; i < others.size(); i++) {
      rectangle(LEFT + i * 110, 29, BAR, COLOURS.get(i));
      text(LEFT + i * 110 + 14, 38, others.get(i), "start");
    }
    for (Row row : results.rows()) {
      results.measures(row).stream()
          .filter(Measure::isCpu)
          .forEach(measure -> bars(row, measure, others));
    }
    double one = LEFT + UNIT;
    return String.format(
        Locale.ROOT,
        "<svg xmlns='http://www.w3.org/2000/svg' width='%.0f' height='%d' font-family='sans-serif'"
            + " font-size='11'>%n<rect width='100%%' height='100%%' fill='white'/>%n%s"
            + "<line x1='%.0f' x2='%.0f' y1='%d' y2='%d' stroke='black'/>%n</svg>%n",
        LEFT + UNIT * MOST + 60,
        y + TOP,
        svg,
        one,
        one,
        TOP - 5,
        y);
  }

  private void bars(Row row, Measure measure, List<String> others) {
    text(LEFT - 8, y + BAR, row.toString(), "end");
    for (int i = 0; i < others.size(); i++) {
      double ratio = 1 / results.ratio(row, measure, others.get(i)).orElse(Double.NaN);
      if (Double.isFinite(ratio)) {
        double width = Math.min(ratio, MOST) * UNIT;
        rectangle(LEFT, y, width, COLOURS.get(i));
        text(LEFT + width + 4, y + BAR, String.format(Locale.ROOT, "%.2f", ratio), "start");
      }
      y += BAR + 1;
    }
    y += GAP;
  }

  private void rectangle(double x, int top, double width, String colour) {
    svg.append(
        String.format(
            Locale.ROOT,
            "<rect x='%.0f' y='%d' width='%.1f' height='%d' fill='%s'/>%n",
            x,
            top,
            width,
            BAR,
            colour));
  }

  private void text(double x, int base, String text, String anchor) {
    svg.append(
        String.format(
            Locale.ROOT,
            "<text x='%.0f' y='%d' text-anchor='%s'>%s</text>%n",
            x,
            base,
            anchor,
            text));
  }
}
