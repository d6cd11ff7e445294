package io.pgplane.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import io.vertx.core.Future;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class DrainIT {
  private static final String ADMIN_SHUTDOWN = "57P01";

  @RegisterExtension final ProxyFixture fixture = new ProxyFixture();

  @Test
  void endsAnIdleSessionWithAWord() throws Exception {
    Proxy proxy = fixture.start(Setup.on(Version.NEWEST));
    try (ScriptedClient client = proxy.connect()) {
      proxy.login(client);

      Future<Void> drained = proxy.pgplane().drain();

      assertTerminated(client);
      Proxy.result(drained);
      assertThatThrownBy(proxy::connect).isInstanceOf(IOException.class);
    }
  }

  @Test
  void letsABusySessionFinishWhatItDoes() throws Exception {
    Proxy proxy = fixture.start(Setup.on(Version.NEWEST));
    try (ScriptedClient client = proxy.connect()) {
      proxy.login(client.startTls("postgresql"));
      client.send(Packets.query("SELECT pg_sleep(1)"));
      awaitActive(proxy);

      Future<Void> drained = proxy.pgplane().drain();

      assertThat(client.readUntil('Z'))
          .extracting(Message::type)
          .containsExactly('T', 'D', 'C', 'Z');
      assertTerminated(client);
      Proxy.result(drained);
    }
  }

  @Test
  void letsATransactionCommit() throws Exception {
    Proxy proxy = fixture.start(Setup.on(Version.NEWEST));
    try (ScriptedClient client = proxy.connect()) {
      proxy.login(client);
      client.send(Packets.query("BEGIN"));
      client.readUntil('Z');

      Future<Void> drained = proxy.pgplane().drain();
      client.send(Packets.query("COMMIT"));

      assertThat(client.readUntil('Z')).extracting(Message::type).containsExactly('C', 'Z');
      assertTerminated(client);
      Proxy.result(drained);
    }
  }

  @Test
  void endsABusySessionWhenTimeIsOver() throws Exception {
    Timeouts timeouts = Timeouts.DEFAULTS.with(Timeout.DRAIN, Duration.ofSeconds(1));
    Proxy proxy = fixture.start(Setup.on(Version.NEWEST).timeouts(timeouts));
    proxy.setup().postgres().watchForLostClients(proxy.setup().user());
    try (ScriptedClient client = proxy.connect()) {
      proxy.login(client);
      client.send(Packets.query("SELECT pg_sleep(60)"));
      awaitActive(proxy);

      Proxy.result(proxy.pgplane().drain());

      client.drain();
      assertThat(proxy.pgplane().sessions()).isZero();
    }
  }

  @Test
  void endsAClientThatIsStillLoggingIn() throws Exception {
    Proxy proxy = fixture.start(Setup.on(Version.NEWEST));
    try (ScriptedClient client = proxy.connect()) {
      client.send(Packets.startup("user", proxy.setup().user()));
      client.expect('R');

      Proxy.result(proxy.pgplane().drain());

      client.drain();
    }
  }

  private static void assertTerminated(ScriptedClient client) throws IOException {
    Message last = client.expect('E');
    assertThat(last.field('S')).isEqualTo("FATAL");
    assertThat(last.field('C')).isEqualTo(ADMIN_SHUTDOWN);
    client.expectEnd();
  }

  private static void awaitActive(Proxy proxy) {
    Await.until(
        "the statement runs", () -> proxy.setup().postgres().isActive(proxy.setup().user()));
  }
}
