package io.pgplane.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.dataplane.session.SessionFilter;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Sessions that an operator ends. */
class SessionEndIT {
  @RegisterExtension final ProxyFixture fixture = new ProxyFixture();

  private final Setup setup = Setup.on(Version.NEWEST);

  @Test
  void comesAtOnceToAnIdleSession() throws Exception {
    Proxy proxy = fixture.start(setup);
    try (ScriptedClient client = proxy.connect()) {
      proxy.login(client);
      long id = id(proxy);

      assertThat(proxy.pgplane().endSession(id)).isTrue();

      assertTerminated(client);
      Await.until("it is forgotten", () -> !proxy.pgplane().endSession(id));
    }
  }

  @Test
  void waitsForATransaction() throws Exception {
    Proxy proxy = fixture.start(setup);
    try (ScriptedClient client = proxy.connect()) {
      proxy.login(client);
      client.send(Packets.query("BEGIN")).readUntil('Z');

      proxy.pgplane().endSession(id(proxy));
      proxy.pgplane().endSession(id(proxy));

      client.send(Packets.query("SELECT 1"));
      assertThat(client.readUntil('Z')).extracting(Message::type).doesNotContain('E');
      client.send(Packets.query("COMMIT"));
      assertThat(client.readUntil('Z')).extracting(Message::type).containsExactly('C', 'Z');
      assertTerminated(client);
    }
  }

  /** The statement ends too: the fixture looks for connections that are left at the server. */
  @Test
  void waitsForAStatementNoLongerThanTheDrainTime() throws Exception {
    setup.timeouts(Timeouts.DEFAULTS.with(Timeout.DRAIN, Duration.ofMillis(300)));
    Proxy proxy = fixture.start(setup);
    try (ScriptedClient client = proxy.connect()) {
      proxy.login(client);
      client.send(Packets.query("SELECT pg_sleep(60)"));
      Await.until("the statement runs", () -> setup.postgres().isActive(setup.user()));

      proxy.pgplane().endSession(id(proxy));

      assertTerminated(client);
    }
  }

  @Test
  void comesAtOnceToALogin() throws Exception {
    Proxy proxy = fixture.start(setup);
    try (ScriptedClient client = proxy.connect()) {
      client.send(Packets.startup("user", setup.user()));
      client.expect('R');

      proxy.pgplane().endSession(id(proxy));

      assertTerminated(client);
    }
  }

  @Test
  void comesInSilenceToAClientThatHasSaidNothing() throws Exception {
    Proxy proxy = fixture.start(setup);
    try (ScriptedClient client = proxy.connect()) {
      Await.until("it is accepted", () -> proxy.pgplane().sessions() == 1);

      proxy.pgplane().endSession(id(proxy));

      client.expectEnd();
    }
  }

  @Test
  void comesToThoseThatAreMeantAndNoOthers() throws Exception {
    Proxy proxy = fixture.start(setup);
    try (ScriptedClient one = proxy.connect();
        ScriptedClient two = proxy.connect();
        ScriptedClient other = proxy.connect()) {
      proxy.login(one);
      proxy.login(two);
      other.send(Packets.startup("user", "other"));
      other.expect('R');

      assertThat(proxy.pgplane().endSessions(SessionFilter.ofUser(setup.user()))).isEqualTo(2);

      assertTerminated(one);
      assertTerminated(two);
      Await.until("two are gone", () -> proxy.pgplane().sessions() == 1);
      assertThat(proxy.pgplane().endSessions(SessionFilter.ALL)).isEqualTo(1);
      assertTerminated(other);
    }
  }

  /** Both want to end it, and it gives everything back once: the fixture looks. */
  @Test
  void doesNotStandInTheWayOfADrain() throws Exception {
    Proxy proxy = fixture.start(setup);
    try (ScriptedClient client = proxy.connect()) {
      proxy.login(client);
      client.send(Packets.query("SELECT pg_sleep(0.5)"));
      Await.until("the statement runs", () -> setup.postgres().isActive(setup.user()));

      proxy.pgplane().endSession(id(proxy));
      var drained = proxy.pgplane().drain();

      client.readUntil('Z');
      assertTerminated(client);
      Proxy.result(drained);
    }
  }

  private static long id(Proxy proxy) {
    return Proxy.result(proxy.pgplane().sessionList(SessionFilter.ALL, 1)).get(0).id();
  }

  private static void assertTerminated(ScriptedClient client) throws IOException {
    Message last = client.expect('E');
    assertThat(last.field('S')).isEqualTo("FATAL");
    assertThat(last.field('C')).isEqualTo("57P01");
    assertThat(last.field('M')).isEqualTo("terminating connection due to administrator command");
    client.expectEnd();
  }
}
