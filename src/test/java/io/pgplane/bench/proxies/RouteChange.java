package io.pgplane.bench.proxies;

import io.pgplane.bench.Population;
import io.pgplane.bench.Times;
import io.pgplane.testkit.MemberProcess;
import io.pgplane.testkit.Setup;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * The PUT of a route, from the request to its acknowledgement, by which three members go by it. A
 * few a second, at one member after the other.
 */
final class RouteChange {
  static final String NAME = "route change at three members";

  private static final int MEMBERS = 3;
  private static final int WARM_UP = 300;
  private static final int CHANGES = 200;
  private static final Duration PAUSE = Duration.ofMillis(200);

  private final Setup setup;
  private final Path directory;
  private int made;

  RouteChange(Setup setup, Path directory) {
    this.setup = setup;
    this.directory = directory;
  }

  /** One run, of all changes together. */
  void run(Results results) throws Exception {
    List<MemberProcess> members =
        MemberProcess.of(setup, Files.createTempDirectory(directory, "members"), MEMBERS);
    try {
      for (MemberProcess member : members) {
        member.start();
      }
      members.forEach(MemberProcess::awaitReady);
      for (int i = 0; i < WARM_UP; i++) {
        change(members.get(i % MEMBERS));
      }
      List<Long> nanos = new ArrayList<>();
      for (int i = 0; i < CHANGES; i++) {
        LockSupport.parkNanos(PAUSE.toNanos());
        MemberProcess member = members.get(i % MEMBERS);
        nanos.add(Times.of(() -> change(member)));
      }
      Times times = new Times(nanos);
      results.add(
          new Results.Row(NAME, false),
          Contender.PGPLANE,
          Map.of(Measure.P50, times.percentile(50) * 1e3, Measure.P99, times.percentile(99) * 1e3));
    } finally {
      members.forEach(MemberProcess::close);
    }
  }

  private JsonObject change(MemberProcess member) throws IOException, InterruptedException {
    JsonObject match = new JsonObject().put("database", "app" + made++);
    JsonObject route =
        new JsonObject().put("match", match).put("backend", "db").put("login", "passthrough");
    return Population.check(member.put("/v1/routes/changed", route));
  }
}
