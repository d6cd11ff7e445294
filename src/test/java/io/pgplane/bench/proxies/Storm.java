package io.pgplane.bench.proxies;

import io.pgplane.testkit.Setup;
import java.util.Map;

/** So many logins at once, each by a thread of its own: the time until all are in. */
record Storm(Setup setup, int logins) implements Workload {
  @Override
  public String name() {
    return "storm of " + logins + " logins";
  }

  @Override
  public String kind() {
    return Pgbench.LOGINS;
  }

  @Override
  public Map<Measure, Double> run(Contender contender, boolean tls) throws Exception {
    long begin = System.nanoTime();
    try (Crowd crowd = Crowd.of(contender, setup, tls, logins, logins)) {
      double seconds = (System.nanoTime() - begin) / 1e9;
      return Map.of(Measure.SECONDS, seconds, Measure.LOST, (double) crowd.lost());
    }
  }
}
