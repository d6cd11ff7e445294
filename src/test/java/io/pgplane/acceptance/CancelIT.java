package io.pgplane.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgplane.config.ListenerTls;
import io.pgplane.testkit.Await;
import io.pgplane.testkit.BackendKey;
import io.pgplane.testkit.Message;
import io.pgplane.testkit.Packets;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ProxyFixture;
import io.pgplane.testkit.RawLogin;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.ScriptedClient;
import io.pgplane.testkit.Setup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CancelIT {
  private static final String LONG = "SELECT pg_sleep(60)";
  private static final String CANCELED = "57014";

  @RegisterExtension final ProxyFixture fixture = new ProxyFixture();
  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource
  void cancelsFromARequestInClear(Version version) throws Exception {
    Proxy proxy = fixture.start(Setup.on(version));
    try (ScriptedClient client = proxy.connect();
        ScriptedClient canceller = proxy.connect()) {
      RawLogin login = proxy.login(client);
      run(proxy, client);

      canceller.send(Packets.cancelRequest(login.key()));

      canceller.expectEnd();
      assertCanceled(client);
    }
  }

  @ParameterizedTest
  @EnumSource
  void cancelsFromARequestOverTls(Version version) throws Exception {
    Proxy proxy = fixture.start(Setup.on(version));
    try (ScriptedClient client = proxy.connect();
        ScriptedClient canceller = proxy.connect()) {
      RawLogin login = proxy.login(client.startTls("postgresql"));
      run(proxy, client);

      canceller.startTls().send(Packets.cancelRequest(login.key()));

      canceller.expectEnd();
      assertCanceled(client);
    }
  }

  /** Clients of libpq before 17 cancel in clear, whatever the session itself does. */
  @Test
  void cancelsInClearThoughTheListenerRequiresTls() throws Exception {
    Proxy proxy = fixture.start(Setup.on(Version.NEWEST).listenerTls(ListenerTls.Mode.REQUIRE));
    try (ScriptedClient client = proxy.connect();
        ScriptedClient canceller = proxy.connect()) {
      RawLogin login = proxy.login(client.startTls("postgresql"));
      run(proxy, client);

      canceller.send(Packets.cancelRequest(login.key()));

      canceller.expectEnd();
      assertCanceled(client);
    }
  }

  @Test
  void sparesTheSessionWhenTheKeyIsWrong() throws Exception {
    Proxy proxy = fixture.start(Setup.on(Version.NEWEST));
    try (ScriptedClient client = proxy.connect();
        ScriptedClient canceller = proxy.connect()) {
      BackendKey key = proxy.login(client).key();
      byte[] wrong = key.secret().clone();
      wrong[0] ^= 1;
      client.send(Packets.query("SELECT pg_sleep(0.5)"));

      canceller.send(Packets.cancelRequest(new BackendKey(key.pid(), wrong)));

      canceller.expectEnd();
      assertThat(client.readUntil('Z')).extracting(Message::type).doesNotContain('E');
    }
  }

  /** PostgreSQL's isolation tester, pg_basebackup and drivers compare the three. */
  @ParameterizedTest
  @EnumSource
  void tellsTheProcessIdThatTheServerHasEverywhere(Version version) throws Exception {
    Proxy proxy = fixture.start(Setup.on(version));
    try (ScriptedClient client = proxy.connect()) {
      int pid = proxy.login(client).key().pid();

      client.send(Packets.query("SELECT pg_backend_pid()"));
      assertThat(client.readUntil('Z').get(1).text(6)).isEqualTo(String.valueOf(pid));

      client.send(Packets.query("LISTEN a; NOTIFY a"));
      assertThat(last(client.readUntil('A')).int32(0)).isEqualTo(pid);
    }
  }

  @Test
  void givesEachSessionAKeyOfItsOwn() throws Exception {
    Proxy proxy = fixture.start(Setup.on(Version.NEWEST));
    try (ScriptedClient one = proxy.connect();
        ScriptedClient other = proxy.connect();
        ScriptedClient canceller = proxy.connect()) {
      BackendKey first = proxy.login(one).key();
      BackendKey second = proxy.login(other).key();
      assertThat(first.pid()).isPositive().isNotEqualTo(second.pid());
      assertThat(first.secret()).isNotEqualTo(second.secret());
      run(proxy, one);

      canceller.send(Packets.cancelRequest(first));

      canceller.expectEnd();
      assertCanceled(one);
      other.send(Packets.query("SELECT 1"));
      assertThat(other.readUntil('Z')).extracting(Message::type).doesNotContain('E');
    }
  }

  @ParameterizedTest
  @EnumSource
  void obeysCtrlCInPsql(Version version) throws Exception {
    Proxy proxy = fixture.start(Setup.on(version));
    Path output = directory.resolve("output");
    Process psql = proxy.tool("psql").start(output, "-Xc", LONG);
    Await.until("the statement runs", () -> isActive(proxy));

    new ProcessBuilder("kill", "-INT", String.valueOf(psql.pid())).start().waitFor();

    assertThat(psql.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(Files.readString(output)).contains("canceling statement due to user request");
  }

  @Test
  void obeysCtrlCInPgbench() throws Exception {
    Proxy proxy = fixture.start(Setup.on(Version.NEWEST));
    Path output = directory.resolve("output");
    Process pgbench = proxy.tool("pgbench").start(output, "-i", "-I", "dtG", "-s", "1000");
    Await.until(
        "it fills its table",
        () ->
            proxy
                .setup()
                .postgres()
                .query(
                    "SELECT count(*) FROM pg_stat_activity"
                        + " WHERE query LIKE 'insert into pgbench_accounts%'")
                .equals("1"));

    new ProcessBuilder("kill", "-INT", String.valueOf(pgbench.pid())).start().waitFor();

    assertThat(pgbench.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(Files.readString(output)).contains("canceling statement due to user request");
  }

  @ParameterizedTest
  @EnumSource
  void obeysStatementCancelOfJdbc(Version version) throws Exception {
    Proxy proxy = fixture.start(Setup.on(version));
    try (Connection connection = proxy.jdbc();
        Statement statement = connection.createStatement()) {
      CompletableFuture<Void> canceller =
          CompletableFuture.runAsync(
              () -> {
                Await.until("the statement runs", () -> isActive(proxy));
                try {
                  statement.cancel();
                } catch (SQLException e) {
                  throw new IllegalStateException(e);
                }
              });

      assertThatThrownBy(() -> statement.execute(LONG)).satisfies(CancelIT::saysCanceled);

      canceller.get(10, TimeUnit.SECONDS);
      assertThat(statement.execute("SELECT 1")).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  void obeysAQueryTimeoutOfJdbc(Version version) throws Exception {
    Proxy proxy = fixture.start(Setup.on(version));
    try (Connection connection = proxy.jdbc();
        Statement statement = connection.createStatement()) {
      statement.setQueryTimeout(1);

      assertThatThrownBy(() -> statement.execute(LONG)).satisfies(CancelIT::saysCanceled);

      statement.setQueryTimeout(0);
      assertThat(statement.execute("SELECT 1")).isTrue();
    }
  }

  private static Message last(List<Message> messages) {
    return messages.get(messages.size() - 1);
  }

  private static void run(Proxy proxy, ScriptedClient client) throws IOException {
    client.send(Packets.query(LONG));
    Await.until("the statement runs", () -> isActive(proxy));
  }

  private static boolean isActive(Proxy proxy) {
    return proxy.setup().postgres().isActive(proxy.setup().user());
  }

  private static void assertCanceled(ScriptedClient client) throws IOException {
    List<Message> answer = client.readUntil('Z');
    assertThat(answer)
        .filteredOn(message -> message.type() == 'E')
        .extracting(message -> message.field('C'))
        .containsExactly(CANCELED);
  }

  private static void saysCanceled(Throwable failure) {
    assertThat(failure)
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo(CANCELED));
  }
}
