package io.pgplane.bench.proxies;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pgplane.testkit.ClientTool;
import io.pgplane.testkit.Setup;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * {@code pgbench -S}: each client selects one row by its key, again and again, or logs in anew for
 * each. What it says each second is what counts, so that neither the logins before the first second
 * nor the end are in it.
 */
record Pgbench(Setup setup, String name, int clients, List<String> more, int seconds)
    implements Workload {
  /** The kind of all workloads that log in. */
  static final String LOGINS = "logins";

  private static final Pattern PROGRESS =
      Pattern.compile("progress: ([0-9.]+) s, ([0-9.]+) tps, lat ([0-9.]+) ms.*");
  private static final String NEW_LOGINS = "-C";
  private static final int MICROS = 2;
  private static final int WARM_UP_CLIENTS = 16;
  private static final Map<Measure, Double> QUANTILES =
      Map.of(Measure.P50, 0.5, Measure.P99, 0.99, Measure.P999, 0.999);

  /** Statements of clients that stay. */
  static Pgbench queries(Setup setup, int clients, String protocol, int seconds) {
    String name = String.format(Locale.ROOT, "select, %s, %,d clients", protocol, clients);
    return new Pgbench(setup, name, clients, List.of("-M", protocol), seconds);
  }

  /** A login for each statement. */
  static Pgbench logins(Setup setup, int clients, String certificate, int seconds) {
    return new Pgbench(setup, "logins, " + certificate, clients, List.of(NEW_LOGINS), seconds);
  }

  private boolean logins() {
    return more.contains(NEW_LOGINS);
  }

  @Override
  public String kind() {
    return logins() ? LOGINS : "queries " + String.join(" ", more);
  }

  /** With enough clients: one alone makes a JVM no faster in that time. */
  @Override
  public Workload warmUp() {
    return new Pgbench(setup, name, Math.max(clients, WARM_UP_CLIENTS), more, seconds);
  }

  @Override
  public Map<Measure, Double> run(Contender contender, boolean tls) throws Exception {
    Path directory = Files.createTempDirectory("bench");
    try {
      List<String> arguments = new ArrayList<>(List.of("-n", "-S", "-P", "1"));
      arguments.addAll(more);
      arguments.addAll(List.of("-c", "" + clients, "-j", "" + Math.min(clients, 2)));
      // Its own time limit would count the logins, too.
      arguments.addAll(List.of("-T", "3600"));
      if (clients == 1) {
        arguments.addAll(List.of("-l", "--log-prefix", directory.resolve("log").toString()));
      }
      ClientTool tool = contender.tool("pgbench", setup, tls);
      Map<Measure, Double> found =
          measured(contender, tool.start(arguments.toArray(String[]::new)));
      if (clients == 1) {
        found.putAll(latencies(directory));
      }
      return found;
    } finally {
      try (Stream<Path> files = Files.list(directory)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
      Files.delete(directory);
    }
  }

  /** What pgbench said at a second, and the CPU time then. */
  private record Tick(double at, double rate, double cpu) {}

  private Map<Measure, Double> measured(Contender contender, Process pgbench) throws Exception {
    List<Tick> ticks = ticks(contender, pgbench);
    Tick first = ticks.get(0);
    Tick last = ticks.get(ticks.size() - 1);
    double transactions = 0;
    for (int i = 1; i < ticks.size(); i++) {
      transactions += (ticks.get(i).at() - ticks.get(i - 1).at()) * ticks.get(i).rate();
    }
    Map<Measure, Double> found = new EnumMap<>(Measure.class);
    found.put(
        logins() ? Measure.LOGINS : Measure.TRANSACTIONS, transactions / (last.at() - first.at()));
    if (contender.isProxy()) {
      found.put(
          logins() ? Measure.CPU_PER_LOGIN : Measure.CPU_PER_TRANSACTION,
          (last.cpu() - first.cpu()) / transactions);
    }
    return found;
  }

  /** From the first second in which something was done; stops pgbench in the end. */
  private List<Tick> ticks(Contender contender, Process pgbench) throws Exception {
    List<Tick> ticks = new ArrayList<>();
    StringBuilder said = new StringBuilder();
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(pgbench.getInputStream(), UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        said.append(line).append('\n');
        Matcher progress = PROGRESS.matcher(line);
        if (!progress.matches()) {
          continue;
        }
        double at = Double.parseDouble(progress.group(1));
        double rate = Double.parseDouble(progress.group(2));
        if (rate > 0 || !ticks.isEmpty()) {
          ticks.add(new Tick(at, rate, contender.cpuMicros()));
          if (at - ticks.get(0).at() >= seconds) {
            return ticks;
          }
        }
      }
    } finally {
      pgbench.destroyForcibly().waitFor();
    }
    throw new IOException(contender.name() + ": " + said);
  }

  private static Map<Measure, Double> latencies(Path directory) throws IOException {
    List<String> lines = new ArrayList<>();
    try (DirectoryStream<Path> logs = Files.newDirectoryStream(directory, "log*")) {
      for (Path log : logs) {
        List<String> whole = Files.readAllLines(log);
        // The last line was torn when pgbench was stopped.
        lines.addAll(whole.subList(0, whole.size() - 1));
      }
    }
    double[] micros =
        lines.stream()
            .mapToDouble(line -> Double.parseDouble(line.split(" ", -1)[MICROS]))
            .toArray();
    Arrays.sort(micros);
    Map<Measure, Double> found = new EnumMap<>(Measure.class);
    QUANTILES.forEach(
        (measure, quantile) -> found.put(measure, micros[(int) (quantile * (micros.length - 1))]));
    return found;
  }
}
