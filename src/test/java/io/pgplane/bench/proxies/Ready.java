package io.pgplane.bench.proxies;

import io.pgplane.testkit.MemberProcess;
import io.pgplane.testkit.Setup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** From the start of a process until it lets a client in; of a member, until it says ready. */
final class Ready {
  static final String NAME = "start";

  private final Setup setup;
  private final Path directory;

  Ready(Setup setup, Path directory) {
    this.setup = setup;
    this.directory = directory;
  }

  /** One round. */
  void run(Contenders contenders, Results results) throws Exception {
    for (Contenders.Starter starter : contenders.starters()) {
      alone(starter, NAME, results);
    }
    clusterOfOne(Contenders.JAVA, NAME + " of a cluster of one", results);
    List<String> archived = new ArrayList<>(Contenders.JAVA);
    archived.add("-XX:SharedArchiveFile=" + System.getProperty("bench.archive"));
    alone(contenders.pgplane(archived), NAME + " with the archive of classes", results);
    clusterOfOne(archived, NAME + " of a cluster of one with the archive of classes", results);
  }

  private void alone(Contenders.Starter starter, String workload, Results results)
      throws Exception {
    long begin = System.nanoTime();
    try (Contender contender = starter.start().awaitLogins(setup)) {
      add(results, workload, contender.name(), begin);
    }
  }

  private void clusterOfOne(List<String> java, String workload, Results results) throws Exception {
    Path own = Files.createTempDirectory(directory, "member");
    MemberProcess member = MemberProcess.of(setup, own, 1).get(0).options(java);
    try {
      long begin = System.nanoTime();
      member.start();
      member.awaitReady();
      add(results, workload, Contender.PGPLANE, begin);
    } finally {
      member.close();
    }
  }

  private static void add(Results results, String workload, String contender, long begin)
      throws IOException {
    double seconds = (System.nanoTime() - begin) / 1e9;
    results.add(new Results.Row(workload, false), contender, Map.of(Measure.SECONDS, seconds));
  }
}
