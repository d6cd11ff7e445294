package io.pgplane.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgplane.config.ListenerTls;
import io.pgplane.dataplane.session.SessionFilter;
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

/** What a change of users does to sessions that run: the table in the README. */
class UserChangeIT {
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

      change(proxy, UserChangeIT::withoutTheUser);

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

      change(proxy, UserChangeIT::disabled);

      assertTerminated(client);
    }
  }

  @Test
  void endsTheLoginsOfARemovedUser() throws Exception {
    Proxy proxy = fixture.start(setup);
    try (ScriptedClient client = proxy.connect()) {
      client.send(Packets.startup("user", setup.user()));
      client.expect('R');

      change(proxy, UserChangeIT::withoutTheUser);

      assertTerminated(client);
    }
  }

  /** It was accepted while the user was there, but has not said who it is. */
  @Test
  void countsForAClientThatIsConnectedAndHasNotLoggedIn() throws Exception {
    Proxy proxy = fixture.start(setup);
    try (ScriptedClient client = proxy.connect()) {
      Await.until("it is accepted", () -> proxy.pgplane().sessions() == 1);

      change(proxy, UserChangeIT::withoutTheUser);

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

      change(proxy, UserChangeIT::withoutTheUser);

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

      change(proxy, UserChangeIT::withAnotherPassword);

      assertGoesOn(client);
      assertRefused(proxy, "28P01");
      Await.until("the refused one is gone", () -> proxy.pgplane().sessions() == 1);
      assertThat(proxy.pgplane().endSessions(SessionFilter.ofUser(setup.user()))).isEqualTo(1);
      assertTerminated(client);
    }
  }

  /** The password was asked for in clear, and may now be good for more. */
  @Test
  void refusesALoginThatBeganWhileItsListenerAskedForLess() throws Exception {
    Proxy proxy = fixture.start(setup);
    try (ScriptedClient client = proxy.connect()) {
      Await.until("it is accepted", () -> proxy.pgplane().sessions() == 1);
      setup.listenerTls(ListenerTls.Mode.REQUIRE);

      change(proxy, UnaryOperator.identity());

      client.send(Packets.startup("user", setup.user()));
      assertThat(client.expect('E').field('C')).isEqualTo("57P03");
      client.expectEnd();
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
        List.of(new User(user.name(), user.auth(), user.certificates(), rules)),
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
