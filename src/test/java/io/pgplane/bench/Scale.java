package io.pgplane.bench;

import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.Setup;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.commons.io.FileUtils;

/**
 * What members take with few users and with many: {@code make bench-scale}. Arguments choose the
 * runs, as in {@code 100/10/3} for 100 users, 10 routes and 3 members.
 */
public final class Scale {
  private static final List<String> RUNS =
      List.of("100/10/1", "100/10/3", "100000/10000/1", "100000/10000/3");

  private static final Path REPORT = Path.of("target", "bench", "scale.md");

  private final List<String> lines = new ArrayList<>();
  private final List<String> propagations = new ArrayList<>(List.of(""));

  private Scale() {}

  /** Measures, prints and writes. */
  public static void main(String[] args) throws Exception {
    Scale scale = new Scale();
    scale.say(
        "| users / routes / members | ready after, s | heap, MB | idle, CPU ms/s a member"
            + " | change p50 / p99 / max, ms | CPU of all a change, ms"
            + " | login p50 / p99 / max, ms | load |");
    scale.say("|---|---|---|---|---|---|---|---|");
    for (String run : args.length == 0 ? RUNS : List.of(args)) {
      scale.measure(List.of(run.split("/", -1)));
    }
    scale.propagations.forEach(scale::say);
    System.exit(0); // the shared PostgreSQL ends with it
  }

  private void measure(List<String> run) throws Exception {
    int members = Integer.parseInt(run.get(2));
    Setup setup = Setup.on(Version.NEWEST);
    Population population =
        new Population(setup, Integer.parseInt(run.get(0)), Integer.parseInt(run.get(1)));
    Path directory = Files.createTempDirectory("pgplane-scale");
    List<String> options =
        List.of(System.getProperty("pgplane.scale.options", "-Xmx1g").split(" ", -1));
    try (ScaleRun scale = ScaleRun.begin(population, directory, members, options)) {
      double ready = scale.secondsToRestart();
      ScaleRun.Changed changed = scale.changes();
      scale.rest();
      say(
          String.format(
              Locale.ROOT,
              "| %s | %.1f | %d | %.0f | %s | %.1f | %s | %s |",
              String.join(" / ", run),
              ready,
              scale.heap(),
              scale.idle(),
              changed.times(),
              changed.cpu(),
              scale.logins(),
              load()));
      if (members > 1) {
        propagations.add(propagation(population, members, scale));
      }
    } finally {
      FileUtils.deleteDirectory(directory.toFile());
    }
  }

  private static String propagation(Population population, int members, ScaleRun scale)
      throws Exception {
    String line =
        String.format(
            Locale.ROOT,
            "In force at all of %d members, %s: p50 / p99 / max %s ms from the request on;"
                + " by the members' own word %s; load %s",
            members,
            population,
            scale.propagation(),
            scale.propagationByMembers(),
            load());
    System.out.println(line);
    return line;
  }

  private static String load() throws IOException {
    return Files.readString(Path.of("/proc/loadavg")).replaceFirst(" .*\\s*", "");
  }

  private void say(String line) {
    lines.add(line);
    System.out.println(line);
    try {
      Files.createDirectories(REPORT.getParent());
      Files.write(REPORT, lines);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
