package io.pgplane.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.testkit.Await;
import io.pgplane.testkit.Message;
import io.pgplane.testkit.Packets;
import io.pgplane.testkit.PgplaneProcess;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.ScriptedClient;
import io.pgplane.testkit.Setup;
import io.pgplane.topology.Timeout;
import io.pgplane.topology.Timeouts;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SignalIT {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir Path directory;

  private final Setup setup = Setup.on(Version.NEWEST);

  @Test
  void endsIdleSessionsAndExitsWithZero() throws Exception {
    try (PgplaneProcess pgplane = PgplaneProcess.start(setup, directory);
        ScriptedClient client = pgplane.connect()) {
      pgplane.login(client);

      pgplane.terminate();

      assertThat(client.expect('E').field('C')).isEqualTo("57P01");
      client.expectEnd();
      assertThat(pgplane.exitCode(PATIENCE)).isZero();
    }
    assertNothingAtTheServer();
  }

  @Test
  void letsABusySessionFinish() throws Exception {
    try (PgplaneProcess pgplane = PgplaneProcess.start(setup, directory);
        ScriptedClient client = pgplane.connect()) {
      pgplane.login(client);
      client.send(Packets.query("SELECT pg_sleep(1)"));
      awaitActive();

      pgplane.terminate();

      assertThat(client.readUntil('Z'))
          .extracting(Message::type)
          .containsExactly('T', 'D', 'C', 'Z');
      assertThat(pgplane.exitCode(PATIENCE)).isZero();
    }
  }

  @Test
  void exitsWithZeroAtTheDeadlineWhateverRuns() throws Exception {
    setup.timeouts(Timeouts.DEFAULTS.with(Timeout.DRAIN, Duration.ofSeconds(1)));
    setup.postgres().watchForLostClients(setup.user());
    try (PgplaneProcess pgplane = PgplaneProcess.start(setup, directory);
        ScriptedClient client = pgplane.connect()) {
      pgplane.login(client);
      client.send(Packets.query("SELECT pg_sleep(60)"));
      awaitActive();

      pgplane.terminate();

      assertThat(pgplane.exitCode(PATIENCE)).isZero();
      client.drain();
    }
    assertNothingAtTheServer();
  }

  private void awaitActive() {
    Await.until("the statement runs", () -> setup.postgres().isActive(setup.user()));
  }

  private void assertNothingAtTheServer() {
    Await.until(
        "no connection is left at the server",
        () -> setup.postgres().connections(setup.user()) == 0);
  }
}
