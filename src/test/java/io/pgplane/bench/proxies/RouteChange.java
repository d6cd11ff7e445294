package io.pgplane.bench.proxies;

import io.pgplane.testkit.MemberProcess;
import io.pgplane.testkit.Setup;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
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
      double[] micros = new double[CHANGES];
      for (int i = 0; i < CHANGES; i++) {
        LockSupport.parkNanos(PAUSE.toNanos());
        long begin = System.nanoTime();
        change(members.get(i % MEMBERS));
        micros[i] = (System.nanoTime() - begin) / 1e3;
      }
      Arrays.sort(micros);
      results.add(
          new Results.Row(NAME, false),
          Contender.PGPLANE,
          Map.of(Measure.P50, micros[CHANGES / 2], Measure.P99, micros[CHANGES * 99 / 100]));
    } finally {
      members.forEach(MemberProcess::close);
    }
  }

  /** What is refused, or not in force everywhere, is not to be measured. */
  private void change(MemberProcess member) throws IOException, InterruptedException {
    JsonObject match = new JsonObject().put("database", "app" + made++);
    JsonObject route =
        new JsonObject().put("match", match).put("backend", "db").put("login", "passthrough");
    HttpResponse<String> answer = member.put("/v1/routes/changed", route);
    if (answer.statusCode() != 200
        || !new JsonObject(answer.body()).getJsonArray("late").isEmpty()) {
      throw new IllegalStateException(answer.statusCode() + ": " + answer.body());
    }
  }
}
