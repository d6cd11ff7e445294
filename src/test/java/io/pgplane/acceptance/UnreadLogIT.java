package io.pgplane.acceptance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.testkit.Await;
import io.pgplane.testkit.Exposition;
import io.pgplane.testkit.FreePort;
import io.pgplane.testkit.PgplaneProcess;
import io.pgplane.testkit.PgplaneProcess.Way;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.ScriptedClient;
import io.pgplane.testkit.Setup;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The log is not read: its pipe is full after 64 kB. */
class UnreadLogIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int CLIENTS = 4_000;

  @TempDir Path directory;

  private final Setup setup = Setup.on(Version.NEWEST);
  private final int adminPort = FreePort.next();

  /** At this level each connection is logged. */
  private final Way way =
      Way.USUAL
          .options(List.of("-DPGPLANE_LOG_LEVEL=DEBUG"))
          .more(
              "admin: { port: "
                  + adminPort
                  + ", token: a-token-of-tests }\n"
                  // A machine that is slow to notice their ends must not refuse the next ones.
                  + "limits: { handshakes: 20000, handshakesPerAddress: 20000 }\n")
          .intoAPipe();

  @Test
  void keepsNoClientWaitingAndDoesNotHoldTheEndUp() throws Exception {
    try (PgplaneProcess pgplane = PgplaneProcess.start(setup, directory, way);
        Connection running = pgplane.jdbc()) {
      flood(pgplane);

      pgplane.jdbc().close();
      try (ResultSet rows = running.createStatement().executeQuery("SELECT 1")) {
        assertThat(rows.next()).isTrue();
      }
      untilDropped();
      pgplane.signal("TERM"); // destroy() would close the pipe
      assertThat(pgplane.exitCode(PATIENCE)).isZero();
    }
  }

  @Test
  void tellsHowManyLinesWereDroppedOnceTheyAreReadAgainAndWritesTheLastOnes() throws Exception {
    try (PgplaneProcess pgplane = PgplaneProcess.start(setup, directory, way)) {
      flood(pgplane);
      untilDropped();

      CompletableFuture<String> read = CompletableFuture.supplyAsync(() -> all(pgplane));
      Await.until(
          "the reader has caught up",
          PATIENCE,
          () -> {
            double before = dropped();
            flood(pgplane, 10);
            return dropped() == before;
          });
      pgplane.signal("TERM"); // destroy() would close the pipe

      assertThat(pgplane.exitCode(PATIENCE)).isZero();
      assertThat(read.join())
          .containsPattern("WARN .* \\d+ log lines were dropped")
          .endsWith("stopped\n");
    }
  }

  private static String all(PgplaneProcess pgplane) {
    try {
      return new String(pgplane.pipe().readAllBytes(), UTF_8);
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static void flood(PgplaneProcess pgplane) throws IOException {
    flood(pgplane, CLIENTS);
  }

  private static void flood(PgplaneProcess pgplane, int clients) throws IOException {
    for (int i = 0; i < clients; i++) {
      try (ScriptedClient client = pgplane.connect()) {
        assertThat(client.localPort()).isPositive();
      }
    }
  }

  /** The kernel holds as many connections as the flood has, which pgplane has yet to see. */
  private void untilDropped() {
    Await.until("lines are dropped", PATIENCE, () -> dropped() > 0);
  }

  private double dropped() throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + adminPort + "/metrics"))
            .timeout(PATIENCE)
            .build();
    String metrics = HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();
    return Exposition.parse(metrics).value("pgplane_log_lines_dropped_total").orElseThrow();
  }
}
