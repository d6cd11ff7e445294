package io.pgplane.attack;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.testkit.Await;
import io.pgplane.testkit.Message;
import io.pgplane.testkit.Packets;
import io.pgplane.testkit.PgplaneProcess;
import io.pgplane.testkit.RealPostgres;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.ScriptedClient;
import io.pgplane.testkit.Setup;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A client shuts down its sending side while much is to come in the other direction. */
class HalfClosedClientIT {
  private static final Duration OBSERVED = Duration.ofSeconds(3);
  private static final int CLIENTS = 3;
  private static final int LARGE_QUERIES = 16;

  @TempDir private static Path directory;
  private static PgplaneProcess pgplane;

  @BeforeAll
  static void start() throws IOException {
    pgplane = PgplaneProcess.start(Setup.on(Version.NEWEST), directory);
  }

  @AfterAll
  static void stop() {
    pgplane.close();
    RealPostgres postgres =
        pgplane.setup().postgres(); // its queries go on, and the next test counts
    postgres.terminate(pgplane.setup().user());
    Await.until("its queries have ended", () -> postgres.clientConnections() == 0);
  }

  /** CVE-2026-42577: the event loop took a whole CPU until the query ended. */
  @Test
  void resetAfterHalfCloseCostsNoCpu() throws Exception {
    for (int i = 0; i < CLIENTS; i++) {
      ScriptedClient client = loggedIn();
      client.send(Packets.query("SELECT pg_sleep(20)"));
      client.shutdownOutput();
      Await.until(
          "the query runs", () -> pgplane.setup().postgres().isActive(pgplane.setup().user()));
      client.reset();
    }
    Duration before = eventLoopCpu();
    long begin = System.nanoTime();

    Await.until("the time is over", () -> System.nanoTime() - begin > OBSERVED.toNanos());

    assertThat(eventLoopCpu().minus(before)).isLessThan(OBSERVED.dividedBy(4));
  }

  /** More than pgplane and the kernel take before the server reads, so that reading is paused. */
  @Test
  void largeQueriesBeforeHalfCloseAreAnswered() throws Exception {
    String literal = "x".repeat(1 << 20);
    try (ScriptedClient client = loggedIn()) {
      client.send(Packets.query("SELECT pg_sleep(1)"));
      for (int i = 0; i < LARGE_QUERIES; i++) {
        client.send(Packets.query("SELECT length('" + literal + "')"));
      }
      client.shutdownOutput();

      for (int i = 0; i <= LARGE_QUERIES; i++) {
        assertThat(client.readUntil('Z')).extracting(Message::type).contains('C');
      }
      client.expectEnd();
    }
  }

  /** More than the kernel takes before the client reads, so that writing is paused. */
  @Test
  void largeAnswerArrivesAfterHalfClose() throws Exception {
    try (ScriptedClient client = loggedIn()) {
      client.send(Packets.query("SELECT pg_sleep(1), repeat('x', 32 << 20)"));
      client.shutdownOutput();
      Await.until(
          "the query runs", () -> pgplane.setup().postgres().isActive(pgplane.setup().user()));

      assertThat(client.readUntil('Z')).extracting(Message::type).contains('D', 'C');
      client.expectEnd();
    }
  }

  private static ScriptedClient loggedIn() throws IOException {
    ScriptedClient client = pgplane.connect();
    pgplane.login(client);
    return client;
  }

  /** Linux cuts the names of threads at 15 characters. */
  private static Duration eventLoopCpu() throws IOException {
    return pgplane.cpu("vert.x-eventloo");
  }
}
