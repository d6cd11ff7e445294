package io.pgplane.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgplane.dataplane.session.SessionFilter;
import io.pgplane.dataplane.session.SessionView;
import io.pgplane.protocol.scram.Scram;
import io.pgplane.testkit.Await;
import io.pgplane.testkit.Message;
import io.pgplane.testkit.Packets;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ProxyFixture;
import io.pgplane.testkit.RawLogin;
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
import io.pgplane.topology.User;
import io.pgplane.topology.UserAuth;
import io.pgplane.topology.UserRules;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a change of the configuration does to sessions that run: the table in the README. */
class ChangeIT {
  @RegisterExtension final ProxyFixture fixture = new ProxyFixture();

  private final Setup setup = Setup.on(Version.NEWEST);

  @Test
  void endsTheSessionsOfARemovedUser() throws Exception {
    Proxy proxy = fixture.start(setup);
    try (ScriptedClient idle = proxy.connect();
        ScriptedClient busy = proxy.connect()) {
      proxy.login(idle);
      proxy.login(busy);
      busy.send(Packets.query("SELECT pg_sleep(0.5)"));
      Await.until("the statement runs", () -> setup.postgres().isActive(setup.user()));

      change(proxy, ChangeIT::withoutTheUser);

      assertTerminated(idle);
      assertThat(busy.readUntil('Z')).extracting(Message::type).containsExactly('T', 'D', 'C', 'Z');
      assertTerminated(busy);
      assertRefused(proxy, "28P01");
    }
  }

  @Test
  void endsTheSessionsOfADisabledUserInTheDrainTime() throws Exception {
    setup.timeouts(Timeouts.DEFAULTS.with(Timeout.DRAIN, Duration.ofMillis(300)));
    Proxy proxy = fixture.start(setup);
    try (ScriptedClient client = proxy.connect()) {
      proxy.login(client);
      client.send(Packets.query("BEGIN")).readUntil('Z');

      change(proxy, ChangeIT::disabled);

      assertTerminated(client);
    }
  }

  @Test
  void endsTheLoginsOfARemovedUser() throws Exception {
    Proxy proxy = fixture.start(setup);
    try (ScriptedClient client = proxy.connect()) {
      client.send(Packets.startup("user", setup.user()));
      client.expect('R');

      change(proxy, ChangeIT::withoutTheUser);

      assertTerminated(client);
    }
  }

  /** It was accepted while the user was there, but has not said who it is. */
  @Test
  void countsForAClientThatIsConnectedAndHasNotLoggedIn() throws Exception {
    Proxy proxy = fixture.start(setup);
    try (ScriptedClient client = proxy.connect()) {
      Await.until("it is accepted", () -> proxy.pgplane().sessions() == 1);

      change(proxy, ChangeIT::withoutTheUser);

      assertThatThrownBy(() -> proxy.login(client))
          .isInstanceOfSatisfying(
              RawLogin.Refused.class, e -> assertThat(e.error().field('C')).isEqualTo("28P01"));
    }
  }

  /** Or a change would tell which names are unknown. */
  @Test
  void tellsNothingToALoginThatNobodyKnows() throws Exception {
    Proxy proxy = fixture.start(setup);
    try (ScriptedClient client = proxy.connect()) {
      client.send(Packets.startup("user", "nobody"));
      client.expect('R');

      change(proxy, ChangeIT::withoutTheUser);

      client.send(Packets.password("no proof"));
      assertThat(client.expect('E').field('C')).isEqualTo("08P01");
    }
  }

  /** Only if the change says so: {@code endSessions}. */
  @Test
  void leavesTheSessionsOfAUserAloneWhosePasswordChanges() throws Exception {
    Proxy proxy = fixture.start(setup);
    try (ScriptedClient client = proxy.connect()) {
      proxy.login(client);

      change(proxy, ChangeIT::withAnotherPassword);

      assertGoesOn(client);
      assertRefused(proxy, "28P01");
      Await.until("the refused one is gone", () -> proxy.pgplane().sessions() == 1);
      assertThat(proxy.pgplane().endSessions(SessionFilter.ofUser(setup.user()))).isEqualTo(1);
      assertTerminated(client);
    }
  }

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

      change(proxy, ChangeIT::withAnotherBackend);

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

      assertGoesOn(client);
    }
  }

  private void change(Proxy proxy, UnaryOperator<Snapshot> change) {
    Proxy.result(proxy.pgplane().reconfigure(setup.topology(change).config()));
  }

  private static Snapshot withoutTheUser(Snapshot all) {
    UserAuth auth = all.users().iterator().next().auth();
    return new Snapshot(List.of(new User("somebody else", auth)), all.routes(), all.backends());
  }

  private static Snapshot disabled(Snapshot all) {
    User user = all.users().iterator().next();
    UserRules rules = new UserRules(true, Optional.empty(), List.of(), List.of());
    return new Snapshot(
        List.of(new User(user.name(), user.auth(), user.certificateNames(), rules)),
        all.routes(),
        all.backends());
  }

  private static Snapshot withAnotherPassword(Snapshot all) {
    User user = all.users().iterator().next();
    UserAuth other =
        new UserAuth.Scram(
            Scram.verifierOf(
                "another".toCharArray(), Scram.DEFAULT_ITERATIONS, new SecureRandom()));
    return new Snapshot(List.of(new User(user.name(), other)), all.routes(), all.backends());
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

  private void assertRefused(Proxy proxy, String sqlState) throws IOException {
    try (ScriptedClient client = proxy.connect()) {
      assertThatThrownBy(() -> proxy.login(client))
          .isInstanceOfSatisfying(
              RawLogin.Refused.class, e -> assertThat(e.error().field('C')).isEqualTo(sqlState));
    }
  }

  private static void assertGoesOn(ScriptedClient client) throws IOException {
    client.send(Packets.query("SELECT 1"));
    assertThat(client.readUntil('Z')).extracting(Message::type).containsExactly('T', 'D', 'C', 'Z');
  }

  private static void assertTerminated(ScriptedClient client) throws IOException {
    Message last = client.expect('E');
    assertThat(last.field('S')).isEqualTo("FATAL");
    assertThat(last.field('C')).isEqualTo("57P01");
    client.expectEnd();
  }
}
