package io.pgplane.acceptance;

import static io.pgplane.testkit.Packets.bind;
import static io.pgplane.testkit.Packets.copyData;
import static io.pgplane.testkit.Packets.copyDone;
import static io.pgplane.testkit.Packets.execute;
import static io.pgplane.testkit.Packets.parse;
import static io.pgplane.testkit.Packets.sync;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.testkit.Message;
import io.pgplane.testkit.Packets;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ProxyFixture;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.ScriptedClient;
import io.pgplane.testkit.Setup;
import io.pgplane.topology.Backend;
import io.pgplane.topology.Server;
import io.pgplane.topology.Snapshot;
import io.pgplane.topology.Timeout;
import io.pgplane.topology.Timeouts;
import io.vertx.core.Future;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * libpq's PQexecParams and tokio-postgres send Sync behind Execute before they know that it begins
 * a COPY. The server ignores that Sync, and the session is idle after the one behind CopyDone.
 */
class ExtendedCopyIT {
  @RegisterExtension final ProxyFixture fixture = new ProxyFixture();

  private final Setup setup = Setup.on(Version.NEWEST);

  @Test
  void idleTimeoutEndsASessionAfterACopy() throws Exception {
    setup.timeouts(Timeouts.DEFAULTS.with(Timeout.IDLE, Duration.ofMillis(300)));
    Proxy proxy = fixture.start(setup);
    try (ScriptedClient client = login(proxy)) {
      copy(client, "1\n");

      assertThat(client.readUntil('Z')).extracting(Message::type).containsExactly('C', 'Z');
      assertEnds(client, "57P05");
    }
  }

  @Test
  void idleTimeoutEndsASessionAfterACopyThatFailed() throws Exception {
    setup.timeouts(Timeouts.DEFAULTS.with(Timeout.IDLE, Duration.ofMillis(300)));
    Proxy proxy = fixture.start(setup);
    try (ScriptedClient client = login(proxy)) {
      copy(client, "no number\n");

      assertThat(client.readUntil('Z')).extracting(Message::type).containsExactly('E', 'Z');
      assertEnds(client, "57P05");
    }
  }

  @Test
  void removalOfItsServerEndsASessionAfterACopy() throws Exception {
    Proxy proxy = fixture.start(setup);
    try (ScriptedClient client = login(proxy)) {
      copy(client, "1\n");
      client.readUntil('Z');

      setup.topology(ExtendedCopyIT::elsewhere);
      Proxy.result(proxy.pgplane().reconfigure(setup.config()));

      assertEnds(client, "57P01");
    }
  }

  @Test
  void drainEndsASessionAfterACopyAndWaitsForOneThatIsUnderWay() throws Exception {
    Proxy proxy = fixture.start(setup);
    try (ScriptedClient done = login(proxy);
        ScriptedClient copying = login(proxy)) {
      copy(done, "1\n");
      done.readUntil('Z');
      begin(copying);

      Future<Void> drained = proxy.pgplane().drain();

      assertEnds(done, "57P01");
      copying.send(copyData("2\n"), copyDone(), sync());
      assertThat(copying.readUntil('Z')).extracting(Message::type).containsExactly('C', 'Z');
      assertEnds(copying, "57P01");
      Proxy.result(drained);
    }
  }

  private static ScriptedClient login(Proxy proxy) throws IOException {
    ScriptedClient client = proxy.connect();
    proxy.login(client);
    client.send(Packets.query("CREATE TEMP TABLE t (a int)")).readUntil('Z');
    return client;
  }

  /** As PQexecParams does. */
  private static void begin(ScriptedClient client) throws IOException {
    client.send(parse("COPY t FROM STDIN"), bind(), execute(), sync());
    assertThat(client.readUntil('G')).extracting(Message::type).containsExactly('1', '2', 'G');
  }

  private static void copy(ScriptedClient client, String row) throws IOException {
    begin(client);
    client.send(copyData(row), copyDone(), sync());
  }

  private static Snapshot elsewhere(Snapshot all) {
    Backend backend = all.backends().iterator().next();
    return new Snapshot(
        all.users(),
        all.routes(),
        List.of(new Backend(backend.name(), List.of(new Server("localhost", 1)), backend.tls())));
  }

  private static void assertEnds(ScriptedClient client, String sqlState) throws IOException {
    assertThat(client.expect('E').field('C')).isEqualTo(sqlState);
    client.expectEnd();
  }
}
