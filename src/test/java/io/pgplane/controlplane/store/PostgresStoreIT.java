package io.pgplane.controlplane.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.config.Store;
import io.pgplane.controlplane.revision.ControlException;
import io.pgplane.controlplane.revision.ControlException.Kind;
import io.pgplane.controlplane.revision.RevisionStore.Contents;
import io.pgplane.testkit.Certificates.KeyType;
import io.pgplane.testkit.RealPostgres;
import io.pgplane.testkit.RealPostgres.Auth;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.ScriptedServer;
import io.pgplane.topology.CipherSuites;
import io.pgplane.topology.ServerTls;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.junit5.VertxExtension;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A schema that members share. Two stores are two members. */
@ExtendWith(VertxExtension.class)
class PostgresStoreIT {
  /** The last byte is what a sealing adds, which is another one each time. */
  private static final Comparison SEALED =
      (number, one, other) ->
          one.slice(0, one.length() - 1).equals(other.slice(0, other.length() - 1));

  private static final int SSL_REQUEST = 4;

  private final RealPostgres server = RealPostgres.shared(Version.NEWEST);
  private String database = "";
  private PostgresStore first = store(Vertx.vertx(), ServerTls.DEFAULTS);
  private PostgresStore second = first;

  @BeforeEach
  void open(Vertx vertx) {
    database = RealPostgres.uniqueName("store");
    server.createUser(database, "pencil", Auth.SCRAM);
    server.createDatabase(database, database);
    first = store(vertx, ServerTls.DEFAULTS);
    second = store(vertx, ServerTls.DEFAULTS);
  }

  @AfterEach
  void close() {
    Stored.get(first.close());
    Stored.get(second.close());
  }

  @Test
  void hasNothingAtFirst() {
    assertThat(Stored.get(first.load())).isEmpty();
    assertThat(Stored.get(second.load())).isEmpty();
  }

  @Test
  void hasForAllMembersWhatOneHasStored() {
    Stored.get(first.replace(Logs.contents(40, 3, 50)));
    Stored.get(first.append(51, Logs.revision(51)));

    assertThat(Stored.get(second.load())).contains(Logs.contents(40, 3, 51));
  }

  @Test
  void takesOneRevisionFromEachOfThemOnce() {
    Stored.get(first.replace(Logs.contents(0, 1, 0)));

    for (long number = 1; number <= 20; number++) {
      Stored.get(
          Future.join(
              first.append(number, sealed(number, 1)), second.append(number, sealed(number, 2))));
    }

    assertThat(Stored.get(first.load()).orElseThrow().revisions()).hasSize(20);
  }

  @Test
  void refusesAnotherRevisionOfTheSameNumber() {
    Stored.get(first.replace(Logs.contents(40, 3, 50)));
    Stored.get(first.append(51, sealed(51, 1)));

    ControlException appended = Stored.failure(second.append(51, sealed(510, 1)));
    ControlException replaced =
        Stored.failure(
            second.replace(
                new Contents(45, List.of(), new TreeMap<>(Map.of(51L, sealed(510, 1))))));

    assertThat(List.of(appended, replaced))
        .allSatisfy(
            refusal -> {
              assertThat(refusal.kind()).isEqualTo(Kind.DIVERGED);
              assertThat(refusal)
                  .hasMessageContaining("/" + database + " has another revision 51")
                  .hasMessageContaining("DROP SCHEMA pgplane CASCADE");
            });
    Contents stored = Stored.get(first.load()).orElseThrow();
    assertThat(stored.baseNumber()).isEqualTo(40);
    assertThat(stored.revisions()).hasSize(11).containsEntry(51L, sealed(51, 1));
  }

  @Test
  void refusesARevisionThatDoesNotFollow() {
    Stored.get(first.replace(Logs.contents(40, 3, 50)));

    ControlException refusal = Stored.failure(first.append(52, Logs.revision(52)));

    assertThat(refusal.kind()).isEqualTo(Kind.DIVERGED);
    assertThat(refusal).hasMessageContaining("ends with revision 50, which 52 does not follow");
  }

  @Test
  void aMemberThatIsBehindTakesNothingAway() {
    Stored.get(first.replace(Logs.contents(40, 3, 50)));

    Stored.get(second.replace(Logs.contents(20, 1, 30)));
    Stored.get(second.replace(Logs.contents(20, 1, 45)));
    Stored.get(second.append(31, Logs.revision(31)));

    assertThat(Stored.get(first.load())).contains(Logs.contents(40, 3, 50));
  }

  @Test
  void forgetsWhatALaterBaseHolds() {
    Stored.get(first.replace(Logs.contents(40, 3, 50)));

    Stored.get(second.replace(Logs.contents(48, 2, 49)));
    assertThat(Stored.get(first.load())).contains(Logs.contents(48, 2, 50));

    Stored.get(second.replace(Logs.contents(90, 4, 95)));
    assertThat(Stored.get(first.load())).contains(Logs.contents(90, 4, 95));
  }

  @ParameterizedTest
  @EnumSource(names = {"DISABLE", "PREFER", "REQUIRE", "VERIFY_CA", "VERIFY_FULL"})
  void isReachedOverTls(ServerTls.Mode mode, Vertx vertx) {
    PostgresStore store = store(vertx, new ServerTls(mode, Optional.of(server.authority().ca())));

    assertThat(Stored.get(store.load())).isEmpty();
    assertThat(
            server.query(
                "SELECT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE usename = '"
                    + database
                    + "'"))
        .isEqualTo(mode == ServerTls.Mode.DISABLE ? "f" : "t");
    Stored.get(store.close());
  }

  @Test
  void isNotReachedWhereTheServerProvesNothing(Vertx vertx) {
    PostgresStore store = store(vertx, new ServerTls(ServerTls.Mode.VERIFY_FULL, Optional.empty()));

    ControlException refusal = Stored.failure(store.load());

    assertThat(refusal.kind()).isEqualTo(Kind.UNAVAILABLE);
    assertThat(refusal).hasMessageContaining("cannot be used");
  }

  /**
   * Somebody between takes TLS off; the store is on another machine, and the file names no mode.
   */
  @Test
  void showsNoLoginInClearToAServerElsewhere(Vertx vertx) throws Exception {
    List<Integer> packets = new CopyOnWriteArrayList<>();
    try (ScriptedServer between =
        ScriptedServer.everywhere(
            client -> {
              packets.add(client.firstPacket().length);
              client.send(new byte[] {'N'});
              packets.add(client.firstPacket().length);
            })) {
      PostgresStore store = store(vertx, "0.0.0.0", between.address().port(), ServerTls.DEFAULTS);

      assertThat(Stored.failure(store.load()).kind()).isEqualTo(Kind.UNAVAILABLE);

      assertThat(packets).containsExactly(SSL_REQUEST);
    }
  }

  @Test
  void isNotReachedByAWeakCipherSuiteUnlessTheFileNamesIt(Vertx vertx) {
    server.execute(
        "ALTER SYSTEM SET ssl_max_protocol_version = 'TLSv1.2'",
        "ALTER SYSTEM SET ssl_ciphers = 'ECDHE-RSA-AES128-SHA'");
    try {
      server.present(server.authority().server("weak", KeyType.RSA_2048, "localhost"));
      ServerTls strong = new ServerTls(ServerTls.Mode.REQUIRE, Optional.empty());
      ServerTls widened =
          new ServerTls(strong.mode(), strong.ca(), strong.shown(), CipherSuites.TLS_1_2);

      assertThat(Stored.failure(store(vertx, strong).load()).kind()).isEqualTo(Kind.UNAVAILABLE);
      PostgresStore store = store(vertx, widened);
      assertThat(Stored.get(store.load())).isEmpty();
      Stored.get(store.close());
    } finally {
      server.execute(
          "ALTER SYSTEM RESET ssl_ciphers", "ALTER SYSTEM RESET ssl_max_protocol_version");
      server.restoreTls();
    }
  }

  @Test
  void isBegunOnceHoweverManyMembersStart(Vertx vertx) {
    List<PostgresStore> members =
        IntStream.range(0, 8).mapToObj(i -> store(vertx, ServerTls.DEFAULTS)).toList();

    Contents begin = Logs.contents(0, 2, 3);
    Stored.get(Future.join(members.stream().map(PostgresStore::load).toList()));
    Stored.get(Future.join(members.stream().map(member -> member.replace(begin)).toList()));

    assertThat(query("SELECT count(*) FROM pgplane.migration")).isEqualTo("1");
    assertThat(Stored.get(first.load())).contains(begin);
    members.forEach(member -> Stored.get(member.close()));
  }

  @Test
  void isContentWithASchemaThatSomebodyElseHasMade() {
    server.executeIn(
        database,
        "CREATE SCHEMA pgplane AUTHORIZATION \"" + database + "\"",
        "REVOKE CREATE ON DATABASE \"" + database + "\" FROM \"" + database + "\"",
        "ALTER DATABASE \"" + database + "\" OWNER TO postgres");

    assertThat(Stored.get(first.load())).isEmpty();
  }

  @Test
  void leavesTheSchemaOfANewerVersionAlone() {
    Stored.get(first.load());
    server.executeIn(database, "INSERT INTO pgplane.migration (version) VALUES (7)");

    ControlException refusal = Stored.failure(second.load());

    assertThat(refusal.kind()).isEqualTo(Kind.DIVERGED);
    assertThat(refusal).hasMessageContaining("version 7, of a newer pgplane");
  }

  private static Buffer sealed(long number, int sealing) {
    return Logs.revision(number).appendByte((byte) sealing);
  }

  private String query(String sql) {
    try (Connection connection = server.admin(database);
        ResultSet rows = connection.createStatement().executeQuery(sql)) {
      rows.next();
      return rows.getString(1);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private PostgresStore store(Vertx vertx, ServerTls tls) {
    return store(vertx, server.host(), server.port(), tls);
  }

  private PostgresStore store(Vertx vertx, String host, int port, ServerTls tls) {
    return new PostgresStore(
        vertx,
        new Store.Postgres(host, port, database, database, Optional.of("pencil"), tls),
        SEALED);
  }
}
