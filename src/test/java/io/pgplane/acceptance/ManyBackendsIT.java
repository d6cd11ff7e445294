package io.pgplane.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.pgplane.testkit.Await;
import io.pgplane.testkit.Certificates.Issued;
import io.pgplane.testkit.PgplaneProcess;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.ScriptedClient;
import io.pgplane.testkit.Setup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManyBackendsIT {
  private static final int BACKENDS = 300;
  private static final int PADDING = 1 << 20;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path directory;

  private final Setup setup = Setup.on(Version.NEWEST);

  @Test
  void filesAreNotReadForEachBackendThatNamesThem() throws Exception {
    assumeTrue(Files.exists(Path.of("/proc/self/io")), "/proc/PID/io is needed (Linux)");
    Path ca = directory.resolve("ca.crt");
    Files.writeString(
        ca, "x".repeat(PADDING) + "\n" + Files.readString(setup.postgres().authority().ca()));
    Issued own = setup.postgres().authority().client("anybody");
    Files.writeString(
        directory.resolve("own.crt"), "x".repeat(PADDING) + "\n" + Files.readString(own.chain()));
    Files.copy(own.key(), directory.resolve("own.key"));
    try (PgplaneProcess pgplane = PgplaneProcess.start(setup, directory);
        ScriptedClient running = pgplane.connect()) {
      pgplane.login(running.startTls("postgresql"));
      change(pgplane, 1, ca, 1);
      long before = pgplane.bytesRead();

      change(pgplane, 2, ca, 2);

      assertThat(pgplane.bytesRead() - before).isLessThan((long) PADDING * BACKENDS / 10);
      try (ScriptedClient client = pgplane.connect()) {
        pgplane.login(client.startTls("postgresql"));
      }
    }
  }

  private void change(PgplaneProcess pgplane, int weight, Path ca, int times) throws IOException {
    String backends =
        IntStream.range(0, BACKENDS)
            .mapToObj(
                i ->
                    "  - { name: db"
                        + i
                        + ", servers: [{ host: localhost, weight: "
                        + (i == 0 ? weight : 1)
                        + " }], tls: { mode: verify-full, ca: \""
                        + ca
                        + "\", certificate: \""
                        + directory.resolve("own.crt")
                        + "\", key: \""
                        + directory.resolve("own.key")
                        + "\" } }\n")
            .collect(Collectors.joining());
    Files.writeString(
        pgplane.configuration(),
        setup.yaml(pgplane.port()).replaceFirst("(?m)^users:", backends + "users:"));
    Await.until(
        "the configuration is reloaded",
        PATIENCE,
        () -> pgplane.log().split("configuration reloaded", -1).length > times);
  }
}
