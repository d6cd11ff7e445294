package io.pgplane.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.dataplane.session.SessionFilter;
import io.pgplane.dataplane.session.SessionView;
import io.pgplane.testkit.Await;
import io.pgplane.testkit.Message;
import io.pgplane.testkit.Packets;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ProxyFixture;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.ScriptedClient;
import io.pgplane.testkit.Setup;
import io.pgplane.topology.Backend;
import io.pgplane.topology.Match;
import io.pgplane.topology.Route;
import io.pgplane.topology.Server;
import io.pgplane.topology.Snapshot;
import io.pgplane.topology.Timeout;
import io.pgplane.topology.Timeouts;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a change of servers and routes does to sessions that run: the table in the README. */
class ServerChangeIT {
  @RegisterExtension final ProxyFixture fixture = new ProxyFixture();

  private final Setup setup = Setup.on(Version.NEWEST);

  @Test
  void endsTheSessionsAtARemovedServerAsTheyBecomeIdle() throws Exception {
    setup.timeouts(Timeouts.DEFAULTS.with(Timeout.DRAIN, Duration.ofMillis(100)));
    Proxy proxy = fixture.start(setup);
    try (ScriptedClient idle = proxy.connect();
        ScriptedClient busy = proxy.connect()) {
      proxy.login(idle);
      proxy.login(busy);
      busy.send(Packets.query("BEGIN")).readUntil('Z');

      change(proxy, all -> withServers(all, new Server("localhost", 1)));

      assertTerminated(idle);
      busy.send(Packets.query("SELECT pg_sleep(0.5)"));
      assertThat(busy.readUntil('Z')).extracting(Message::type).doesNotContain('E');
      busy.send(Packets.query("COMMIT")).readUntil('Z');
      assertTerminated(busy);
    }
  }

  @Test
  void endsTheSessionsOfARemovedBackend() throws Exception {
    Proxy proxy = fixture.start(setup);
    try (ScriptedClient client = proxy.connect()) {
      proxy.login(client);

      change(proxy, ServerChangeIT::withAnotherBackend);

      assertTerminated(client);
    }
  }

  /** It is too late to let it choose another one. */
  @Test
  void endsALoginAtARemovedServerOnceItIsReady() throws Exception {
    Proxy proxy = fixture.start(setup);
    try (ScriptedClient client = proxy.connect()) {
      client.proveAs(
          setup.user(),
          setup.password(),
          "database",
          setup.database(),
          "options",
          "-c post_auth_delay=1");
      Await.until("it is at the server", () -> only(proxy).server().isPresent());
      assertThat(only(proxy).state()).isEqualTo(SessionView.State.LOGIN);

      change(proxy, all -> withServers(all, new Server("localhost", 1)));

      client.readUntil('Z');
      assertTerminated(client);
    }
  }

  /** Before AuthenticationOk, so that libpq goes on to its next host. */
  @Test
  void refusesALoginThatWaitsForAPlaceAtARemovedServer() throws Exception {
    setup.servers(new Server(setup.postgres().host(), setup.postgres().port()).limitedTo(1));
    Proxy proxy = fixture.start(setup);
    try (ScriptedClient first = proxy.connect();
        ScriptedClient second = proxy.connect()) {
      proxy.login(first);
      second.prove(setup.user(), setup.password(), setup.database());
      Await.until("it waits", () -> proxy.pgplane().waiting() == 1);

      change(proxy, all -> withServers(all, new Server("localhost", 1)));

      assertThat(second.expect('R').int32(0)).as("AuthenticationSASLFinal").isEqualTo(12);
      assertThat(second.expect('E').field('C')).isEqualTo("57P03");
      assertTerminated(first);
    }
  }

  @Test
  void leavesTheSessionsAloneAtAServerThatGetsNoNewLogins() throws Exception {
    assertLeavesAlone(
        all ->
            withServers(
                all, all.backends().iterator().next().servers().get(0).draining().weighing(3)));
  }

  @Test
  void leavesTheSessionsOfARemovedRouteAlone() throws Exception {
    assertLeavesAlone(all -> new Snapshot(all.users(), List.of(), all.backends()));
  }

  @Test
  void leavesTheSessionsOfAChangedRouteAlone() throws Exception {
    assertLeavesAlone(
        all ->
            new Snapshot(
                all.users(),
                List.of(
                    new Route(
                        "all",
                        Match.ANY,
                        "db",
                        Optional.of("elsewhere"),
                        all.routes().get(0).login())),
                all.backends()));
  }

  private void assertLeavesAlone(UnaryOperator<Snapshot> change) throws Exception {
    Proxy proxy = fixture.start(setup);
    try (ScriptedClient client = proxy.connect()) {
      proxy.login(client);

      change(proxy, change);

      client.send(Packets.query("SELECT 1"));
      assertThat(client.readUntil('Z')).extracting(Message::type).doesNotContain('E');
    }
  }

  private void change(Proxy proxy, UnaryOperator<Snapshot> change) {
    Proxy.result(proxy.pgplane().reconfigure(setup.topology(change).config()));
  }

  private static Snapshot withServers(Snapshot all, Server... servers) {
    Backend backend = all.backends().iterator().next();
    return new Snapshot(
        all.users(),
        all.routes(),
        List.of(new Backend(backend.name(), List.of(servers), backend.tls())));
  }

  private static Snapshot withAnotherBackend(Snapshot all) {
    Backend backend = all.backends().iterator().next();
    Route route = all.routes().get(0);
    return new Snapshot(
        all.users(),
        List.of(new Route("all", Match.ANY, "other", Optional.empty(), route.login())),
        List.of(new Backend("other", backend.servers(), backend.tls())));
  }

  private static SessionView only(Proxy proxy) {
    return Proxy.result(proxy.pgplane().sessionList(SessionFilter.ALL, 1)).get(0);
  }

  private static void assertTerminated(ScriptedClient client) throws IOException {
    Message last = client.expect('E');
    assertThat(last.field('S')).isEqualTo("FATAL");
    assertThat(last.field('C')).isEqualTo("57P01");
    client.expectEnd();
  }
}
