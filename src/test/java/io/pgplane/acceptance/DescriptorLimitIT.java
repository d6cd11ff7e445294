package io.pgplane.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.testkit.Await;
import io.pgplane.testkit.PgplaneProcess;
import io.pgplane.testkit.PgplaneProcess.Way;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.Setup;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The descriptor limit of a process, of which a session takes two. */
class DescriptorLimitIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir Path directory;

  private final Setup setup = Setup.on(Version.NEWEST);

  @Test
  void warnsOfMoreSessionsThanTheProcessMayHave() throws Exception {
    assertThat(lineWith("limits: { sessions: 10000 }\n"))
        .contains("WARN")
        .containsPattern(
            "limit of 500 allows 1\\d\\d sessions; limits.sessions of 10000 needs 20\\d{3}");
  }

  @Test
  void tellsHowManySessionsTheProcessMayHave() throws Exception {
    assertThat(lineWith("limits: { sessions: 100 }\n"))
        .contains("INFO")
        .containsPattern("limit of 500 allows 1\\d\\d sessions$");
  }

  private String lineWith(String limits) throws Exception {
    Way limited =
        Way.USUAL.before("/bin/sh", "-c", "ulimit -n 500; exec \"$@\"", "sh").more(limits);
    try (PgplaneProcess pgplane = PgplaneProcess.start(setup, directory, limited)) {
      Await.until("it is logged", PATIENCE, () -> pgplane.log().contains("descriptor limit"));
      return pgplane.log().lines().filter(line -> line.contains("descriptor")).findFirst().get();
    }
  }
}
