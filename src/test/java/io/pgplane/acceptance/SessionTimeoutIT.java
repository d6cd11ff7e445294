package io.pgplane.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.testkit.Await;
import io.pgplane.testkit.Message;
import io.pgplane.testkit.Packets;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ProxyFixture;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.ScriptedClient;
import io.pgplane.testkit.Setup;
import io.pgplane.topology.Timeout;
import io.pgplane.topology.Timeouts;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class SessionTimeoutIT {
  private static final Duration SHORT = Duration.ofMillis(300);

  @RegisterExtension final ProxyFixture fixture = new ProxyFixture();

  @Test
  void endsASessionThatIsIdle() throws Exception {
    try (ScriptedClient client = login(Timeout.IDLE)) {
      assertEnds(client, "57P05", "terminating connection due to idle-session timeout");
    }
  }

  @Test
  void endsATransactionThatIsIdle() throws Exception {
    try (ScriptedClient client = login(Timeout.IDLE_IN_TRANSACTION)) {
      client.send(Packets.query("BEGIN")).readUntil('Z');

      assertEnds(client, "25P03", "terminating connection due to idle-in-transaction timeout");
    }
  }

  @Test
  void endsAnOldSession() throws Exception {
    try (ScriptedClient client = login(Timeout.LIFETIME)) {
      assertEnds(client, "57P01", "terminating connection due to its maximum lifetime");
    }
  }

  @Test
  void letsAnOldSessionEndItsTransaction() throws Exception {
    try (ScriptedClient client = login(Timeout.LIFETIME)) {
      client.send(Packets.query("BEGIN")).readUntil('Z');
      client.send(Packets.query("SELECT pg_sleep(0.6)")).readUntil('Z');

      client.send(Packets.query("COMMIT"));

      assertThat(client.expect('C').strings(0)).startsWith("COMMIT");
      client.expect('Z');
      assertEnds(client, "57P01", "terminating connection due to its maximum lifetime");
    }
  }

  @Test
  void endsATransactionThatIsIdleInAnOldSession() throws Exception {
    Timeouts both =
        with(Timeout.LIFETIME).with(Timeout.IDLE_IN_TRANSACTION, Duration.ofMillis(900));
    Proxy proxy = fixture.start(Setup.on(Version.NEWEST).timeouts(both));
    try (ScriptedClient client = proxy.connect()) {
      proxy.login(client);
      client.send(Packets.query("BEGIN")).readUntil('Z');

      assertEnds(client, "25P03", "terminating connection due to idle-in-transaction timeout");
    }
  }

  @Test
  void countsNoStatementThatRunsAsIdle() throws Exception {
    try (ScriptedClient client = login(Timeout.IDLE)) {
      client.send(Packets.query("SELECT pg_sleep(0.8)"));

      client.readUntil('Z');

      assertEnds(client, "57P05", "terminating connection due to idle-session timeout");
    }
  }

  @Test
  void leavesAnIdleSessionAloneWhereOnlyTransactionsMustNotBe() throws Exception {
    try (ScriptedClient client = login(Timeout.IDLE_IN_TRANSACTION)) {
      long begin = System.nanoTime();
      Await.until(
          "the time-out is over",
          () -> System.nanoTime() - begin > TimeUnit.MILLISECONDS.toNanos(700));

      client.send(Packets.query("SELECT 1")).readUntil('Z');
    }
  }

  @Test
  void leavesAReplicationAloneThatHasNothingToSay() throws Exception {
    Proxy proxy = fixture.start(Setup.on(Version.NEWEST).timeouts(with(Timeout.IDLE)));
    try (ScriptedClient client = proxy.connect()) {
      proxy.setup().postgres().execute("ALTER ROLE " + proxy.setup().user() + " REPLICATION");
      client.proveAs(
          proxy.setup().user(),
          proxy.setup().password(),
          "database",
          proxy.setup().database(),
          "replication",
          "database");
      client.readUntil('Z');
      long begin = System.nanoTime();
      Await.until(
          "the time-out is over",
          () -> System.nanoTime() - begin > TimeUnit.MILLISECONDS.toNanos(700));

      client.send(Packets.query("IDENTIFY_SYSTEM")).readUntil('Z');
    }
  }

  @Test
  void ofARouteComesBeforeThatOfAll() throws Exception {
    Setup setup =
        Setup.on(Version.NEWEST)
            .timeouts(Timeouts.DEFAULTS.with(Timeout.IDLE, Duration.ofHours(1)))
            .bounded(UnaryOperator.identity(), route -> route.bounded(0, with(Timeout.IDLE)));
    Proxy proxy = fixture.start(setup);
    try (ScriptedClient client = proxy.connect()) {
      proxy.login(client);

      assertEnds(client, "57P05", "terminating connection due to idle-session timeout");
    }
  }

  @Test
  void ofAListenerComesBeforeThatOfAll() throws Exception {
    Setup setup =
        Setup.on(Version.NEWEST).listener(listener -> listener.bounded(0, with(Timeout.LOGIN)));
    Proxy proxy = fixture.start(setup);
    try (ScriptedClient client = proxy.connect()) {
      client.expectEnd();
    }
  }

  @Test
  void endsATlsHandshakeThatDoesNotGoOn() throws Exception {
    Proxy proxy = fixture.start(Setup.on(Version.NEWEST).timeouts(with(Timeout.TLS)));
    try (ScriptedClient client = proxy.connect()) {
      client.send(Packets.sslRequest());
      assertThat(client.readByte()).isEqualTo('S');

      client.expectEnd();
    }
  }

  private ScriptedClient login(Timeout timeout) throws IOException {
    Proxy proxy = fixture.start(Setup.on(Version.NEWEST).timeouts(with(timeout)));
    ScriptedClient client = proxy.connect();
    proxy.login(client);
    return client;
  }

  private static Timeouts with(Timeout timeout) {
    return Timeouts.DEFAULTS.with(timeout, SHORT);
  }

  private static void assertEnds(ScriptedClient client, String sqlState, String message)
      throws IOException {
    Message error = client.expect('E');
    assertThat(error.field('S')).isEqualTo("FATAL");
    assertThat(error.field('C')).isEqualTo(sqlState);
    assertThat(error.field('M')).isEqualTo(message);
    client.expectEnd();
  }
}
