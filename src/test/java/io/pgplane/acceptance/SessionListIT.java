package io.pgplane.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.dataplane.session.SessionFilter;
import io.pgplane.dataplane.session.SessionView;
import io.pgplane.dataplane.session.SessionView.State;
import io.pgplane.testkit.Await;
import io.pgplane.testkit.Packets;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ProxyFixture;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.ScriptedClient;
import io.pgplane.testkit.Setup;
import io.pgplane.topology.Timeouts;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class SessionListIT {
  private static final int MANY = 1_000;

  @RegisterExtension final ProxyFixture fixture = new ProxyFixture();

  private final Setup setup = Setup.on(Version.NEWEST);

  @Test
  void showsWhoseSessionItIsAndWhere() throws Exception {
    Proxy proxy = fixture.start(setup);
    Instant before = Instant.now();
    try (ScriptedClient client = proxy.connect()) {
      client
          .startTls("postgresql")
          .proveAs(
              setup.user(),
              setup.password(),
              "database",
              setup.database(),
              "application_name",
              "nightly")
          .readUntil('Z');

      SessionView session = only(proxy);

      assertThat(session.listener()).isEqualTo(Setup.LISTENER);
      assertThat(session.client()).isEqualTo("127.0.0.1:" + client.localPort());
      assertThat(session.tls()).isTrue();
      assertThat(session.user()).contains(setup.user());
      assertThat(session.database()).contains(setup.database());
      assertThat(session.applicationName()).contains("nightly");
      assertThat(session.route()).contains("all");
      assertThat(session.backend()).contains("db");
      assertThat(session.server())
          .contains(setup.postgres().host() + ":" + setup.postgres().port());
      assertThat(session.since()).isBetween(before, Instant.now());
      assertThat(session.waiting()).isFalse();
    }
  }

  @Test
  void tellsWhatTheSessionDoes() throws Exception {
    Proxy proxy = fixture.start(setup);
    try (ScriptedClient client = proxy.connect()) {
      Await.until("it is accepted", () -> proxy.pgplane().sessions() == 1);
      assertThat(only(proxy).state()).isEqualTo(State.LOGIN);
      assertThat(only(proxy).user()).isEmpty();
      proxy.login(client);
      assertThat(only(proxy).state()).isEqualTo(State.IDLE);
      assertThat(only(proxy).tls()).isFalse();

      client.send(Packets.query("BEGIN")).readUntil('Z');
      assertThat(only(proxy).state()).isEqualTo(State.IDLE_IN_TRANSACTION);

      client.send(Packets.query("SELECT pg_sleep(0.5)"));
      Await.until("it is active", () -> only(proxy).state() == State.ACTIVE);
      client.readUntil('Z');
      assertThat(only(proxy).state()).isEqualTo(State.IDLE_IN_TRANSACTION);

      client.send(Packets.query("no statement")).readUntil('Z');
      assertThat(only(proxy).state()).isEqualTo(State.IDLE_IN_TRANSACTION);

      client.send(Packets.query("ROLLBACK")).readUntil('Z');
      assertThat(only(proxy).state()).isEqualTo(State.IDLE);
    }
  }

  @Test
  void tellsThatALoginWaits() throws Exception {
    setup.bounded(UnaryOperator.identity(), route -> route.bounded(1, Timeouts.DEFAULTS));
    Proxy proxy = fixture.start(setup);
    try (ScriptedClient first = proxy.connect();
        ScriptedClient second = proxy.connect()) {
      proxy.login(first);
      second.prove(setup.user(), setup.password(), setup.database());
      Await.until("it waits", () -> proxy.pgplane().waiting() == 1);

      assertThat(list(proxy, SessionFilter.ALL, MANY))
          .filteredOn(SessionView::waiting)
          .singleElement()
          .satisfies(
              waiting -> {
                assertThat(waiting.state()).isEqualTo(State.LOGIN);
                assertThat(waiting.route()).contains("all");
                assertThat(waiting.server()).isEmpty();
              });
    }
  }

  @Test
  void showsTheOldestOfThoseThatAreWanted() throws Exception {
    Proxy proxy = fixture.start(setup);
    try (ScriptedClient first = proxy.connect();
        ScriptedClient second = proxy.connect();
        ScriptedClient nobody = proxy.connect()) {
      proxy.login(first);
      proxy.login(second);
      ask(nobody, "nobody");

      List<SessionView> all = list(proxy, SessionFilter.ALL, MANY);

      assertThat(all).hasSize(3).extracting(SessionView::id).isSorted();
      assertThat(list(proxy, SessionFilter.ALL, 2)).isEqualTo(all.subList(0, 2));
      List<SessionView> two =
          all.stream().filter(session -> session.user().equals(Optional.of(setup.user()))).toList();
      assertThat(two).hasSize(2);
      assertThat(list(proxy, SessionFilter.ofUser(setup.user()), MANY)).isEqualTo(two);
      assertThat(list(proxy, SessionFilter.ofUser(setup.user()), 1)).isEqualTo(two.subList(0, 1));
      assertThat(list(proxy, SessionFilter.ofUser("nobody"), MANY)).hasSize(1);
      assertThat(list(proxy, where("route", "all"), MANY)).isEqualTo(two);
      assertThat(list(proxy, where("backend", "db"), MANY)).isEqualTo(two);
      assertThat(list(proxy, where("database", setup.database()), MANY)).isEqualTo(two);
      assertThat(list(proxy, where("database", "other"), MANY)).isEmpty();
    }
  }

  /** A name that nobody has proved goes to operators' screens. */
  @Test
  void showsNoNameThatCannotBePrinted() throws Exception {
    Proxy proxy = fixture.start(setup);
    try (ScriptedClient client = proxy.connect()) {
      ask(client, "a\nb");

      assertThat(only(proxy).user()).contains("a?b");
    }
  }

  private static void ask(ScriptedClient client, String user) throws IOException {
    client.send(Packets.startup("user", user, "database", "none"));
    client.expect('R');
  }

  private static SessionFilter where(String key, String value) {
    Optional<String> wanted = Optional.of(value);
    return new SessionFilter(
        Optional.empty(),
        wanted.filter(v -> key.equals("database")),
        wanted.filter(v -> key.equals("route")),
        wanted.filter(v -> key.equals("backend")));
  }

  private static SessionView only(Proxy proxy) {
    List<SessionView> sessions = list(proxy, SessionFilter.ALL, MANY);
    assertThat(sessions).hasSize(1);
    return sessions.get(0);
  }

  private static List<SessionView> list(Proxy proxy, SessionFilter filter, int most) {
    return Proxy.result(proxy.pgplane().sessionList(filter, most));
  }
}
