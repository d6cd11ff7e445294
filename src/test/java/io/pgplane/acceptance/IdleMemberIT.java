package io.pgplane.acceptance;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.pgplane.testkit.Await;
import io.pgplane.testkit.PgplaneProcess;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.Setup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that nothing is asked of. */
class IdleMemberIT {
  private static final int COMMENT = 1 << 20;

  @TempDir Path directory;

  @Test
  void configurationIsNotReadWhileItsIdentityStaysTheSame() throws Exception {
    assumeTrue(Files.exists(Path.of("/proc/self/io")), "/proc/PID/io is needed (Linux)");
    try (PgplaneProcess pgplane = PgplaneProcess.start(Setup.on(Version.NEWEST), directory)) {
      long before = pgplane.bytesRead();
      Files.writeString(
          pgplane.configuration(), "# " + "x".repeat(COMMENT), StandardOpenOption.APPEND);

      Await.until("the change is read", () -> pgplane.bytesRead() - before > COMMENT);
      Await.until(
          "four looks in a row read nothing",
          Duration.ofSeconds(60),
          () -> readIn(pgplane, Duration.ofSeconds(2)) < COMMENT);
    }
  }

  private static long readIn(PgplaneProcess pgplane, Duration time) throws IOException {
    long before = pgplane.bytesRead();
    LockSupport.parkNanos(time.toNanos());
    return pgplane.bytesRead() - before;
  }
}
