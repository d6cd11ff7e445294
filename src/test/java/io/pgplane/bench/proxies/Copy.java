package io.pgplane.bench.proxies;

import io.pgplane.testkit.Setup;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/**
 * Rows of about 100 bytes by COPY, from the server or to it, which reads them and keeps none.
 *
 * @param file as {@link Ground} made it
 */
record Copy(Setup setup, boolean out, Path file, int megabytes) implements Workload {
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  @Override
  public String name() {
    return "COPY, " + megabytes + " MB " + (out ? "out" : "in");
  }

  @Override
  public String kind() {
    return name();
  }

  @Override
  public Map<Measure, Double> run(Contender contender, boolean tls) throws Exception {
    String command =
        out ? "COPY bulk TO STDOUT" : "\\copy bulk FROM '" + file + "' WHERE id IS NULL";
    double cpu = contender.cpuMicros();
    long begin = System.nanoTime();
    contender
        .tool("psql", setup, tls)
        .timeout(PATIENCE)
        .run("-Xq", "-o", "/dev/null", "-c", command)
        .succeeded();
    double seconds = (System.nanoTime() - begin) / 1e9;
    Map<Measure, Double> found = new EnumMap<>(Measure.class);
    found.put(Measure.MEGABYTES, megabytes / seconds);
    if (contender.isProxy()) {
      found.put(Measure.CPU_PER_MEGABYTE, (contender.cpuMicros() - cpu) / megabytes);
    }
    return found;
  }
}
