package io.pgplane.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.pgplane.protocol.scram.Scram;
import io.pgplane.protocol.scram.ScramVerifier;
import io.pgplane.testkit.ClientTool;
import io.pgplane.testkit.Message;
import io.pgplane.testkit.OperatorLog;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ProxyFixture;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.ScriptedClient;
import io.pgplane.testkit.Setup;
import io.pgplane.topology.CertificateMatch;
import io.pgplane.topology.Cidr;
import io.pgplane.topology.NamePattern;
import io.pgplane.topology.Snapshot;
import io.pgplane.topology.User;
import io.pgplane.topology.UserAuth;
import io.pgplane.topology.UserRules;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class UserRulesIT {
  private static final Optional<Instant> NEVER = Optional.empty();
  private static final List<Cidr> ANYWHERE = List.of();
  private static final List<NamePattern> ANY = List.of();
  private static final String OTHER_AT_SERVER =
      "the database server holds another password verifier";

  @RegisterExtension final ProxyFixture fixture = new ProxyFixture();
  @RegisterExtension final OperatorLog log = new OperatorLog();

  private final Setup setup = Setup.on(Version.NEWEST);

  @Test
  void userWhoseTimeIsOverIsRefusedLikeAWrongPassword() throws Exception {
    Proxy proxy = start(new UserRules(false, Optional.of(Instant.EPOCH), ANYWHERE, ANY));

    Message error = refusal(proxy, false);

    assertThat(error.field('C')).isEqualTo("28P01");
    assertThat(error.field('M'))
        .isEqualTo("password authentication failed for user \"" + setup.user() + "\"");
    assertThat(log.lines(Level.INFO)).anyMatch(line -> line.contains("is no longer valid"));
    assertSaysWhatPostgresqlSays(proxy, "ALTER ROLE USER VALID UNTIL '2001-01-01'");
  }

  @Test
  void userWhoComesFromElsewhereDoesNotLearnThatThePasswordWasRight() throws Exception {
    Proxy proxy = start(new UserRules(false, NEVER, List.of(Cidr.parse("192.0.2.0/24")), ANY));

    Message error = refusal(proxy, false);

    assertThat(error.field('C')).isEqualTo("28P01");
    assertThat(error.field('M'))
        .isEqualTo("password authentication failed for user \"" + setup.user() + "\"");
    assertThat(log.lines(Level.INFO)).anyMatch(line -> line.contains("may not log in from"));
    assertTellsNothingToOthers(proxy);
  }

  @Test
  void disabledUserIsRefusedInPostgresqlsWords() throws Exception {
    Proxy proxy = start(new UserRules(true, NEVER, ANYWHERE, ANY));

    Message error = refusal(proxy, true);

    assertThat(error.field('C')).isEqualTo("28000");
    assertThat(error.field('M'))
        .isEqualTo("role \"" + setup.user() + "\" is not permitted to log in");
    assertSaysWhatPostgresqlSays(proxy, "ALTER ROLE USER NOLOGIN");
    assertTellsNothingToOthers(proxy);
  }

  /** PostgreSQL ignores the database then, and gives all of them. */
  @Test
  void userOfSomeDatabasesCannotReplicateThemAll() throws Exception {
    Proxy proxy =
        start(new UserRules(false, NEVER, ANYWHERE, List.of(NamePattern.parse(setup.database()))));
    setup.postgres().execute("ALTER ROLE " + setup.user() + " REPLICATION");
    try (ScriptedClient client = proxy.connect()) {
      client.proveAs(
          setup.user(), setup.password(), "database", setup.database(), "replication", "true");
      client.expect('R');

      assertThat(client.expect('E').field('M'))
          .isEqualTo("permission denied for database \"replication\"");
    }
  }

  @Test
  void otherDatabaseThanTheUsersIsRefusedInPostgresqlsWords() throws Exception {
    Proxy proxy =
        start(new UserRules(false, NEVER, ANYWHERE, List.of(NamePattern.parse("other*"))));

    Message error = refusal(proxy, true);

    assertThat(error.field('C')).isEqualTo("42501");
    assertThat(error.field('M'))
        .isEqualTo("permission denied for database \"" + setup.database() + "\"");
    assertThat(error.field('D')).isEqualTo("User does not have CONNECT privilege.");
    assertSaysWhatPostgresqlSays(proxy, "REVOKE ALL ON DATABASE USER FROM public, USER");
    assertTellsNothingToOthers(proxy);
  }

  @Test
  void userWhomTheRulesAllowLogsIn() {
    Proxy proxy =
        start(
            new UserRules(
                false,
                Optional.of(Instant.now().plusSeconds(3600)),
                List.of(Cidr.parse("127.0.0.1"), Cidr.parse("::1")),
                List.of(NamePattern.parse("it_*"))));

    assertThat(proxy.tool("psql").run("-XAtc", "SELECT 1").succeeded().out()).isEqualTo("1\n");
  }

  @Test
  void bothPasswordsLogInWhileOneIsChangedAndPassThroughToAServerThatHasThem() {
    ScramVerifier next = Scram.verifierLike(setup.verifier(), "next".toCharArray());
    setup.auth(new UserAuth.Scram(next, Optional.of(setup.verifier())));
    Proxy proxy = fixture.start(setup);
    ClientTool before = proxy.tool("psql");
    ClientTool after = before.as(setup.user(), "next");

    assertThat(before.run("-XAtc", "SELECT 1").succeeded().out()).isEqualTo("1\n");
    assertThat(after.run("-XAtc", "SELECT 1").err()).contains(OTHER_AT_SERVER);

    setup.postgres().execute("ALTER ROLE " + setup.user() + " PASSWORD '" + next.text() + "'");

    assertThat(after.run("-XAtc", "SELECT 1").succeeded().out()).isEqualTo("1\n");
    assertThat(before.run("-XAtc", "SELECT 1").err()).contains(OTHER_AT_SERVER);
    assertThat(before.as(setup.user(), "neither").run("-XAtc", "SELECT 1").err())
        .contains("FATAL:  password authentication failed");
  }

  private Proxy start(UserRules rules) {
    return fixture.start(
        setup.topology(
            before ->
                new Snapshot(
                    List.of(
                        new User(
                            setup.user(),
                            new UserAuth.Scram(setup.verifier()),
                            CertificateMatch.commonNames(setup.user()),
                            rules)),
                    before.routes(),
                    before.backends())));
  }

  /** What comes of the right password, with or without the server-final-message before. */
  private Message refusal(Proxy proxy, boolean serverFinal) throws Exception {
    try (ScriptedClient client = proxy.connect()) {
      client.prove(setup.user(), setup.password(), setup.database());
      if (serverFinal) {
        assertThat(client.expect('R').int32(0)).isEqualTo(12);
      }
      Message error = client.expect('E');
      client.expectEnd();
      return error;
    }
  }

  /** The database has the user's name. */
  private void assertSaysWhatPostgresqlSays(Proxy proxy, String change) {
    setup.postgres().execute(change.replace("USER", setup.user()));
    ClientTool direct =
        ClientTool.require("psql")
            .to(setup.postgres().host(), setup.postgres().port(), setup.database())
            .as(setup.user(), setup.password())
            .env("PGSSLMODE", "require");

    assertThat(fatal(proxy.tool("psql"))).isEqualTo(fatal(direct));
  }

  private static String fatal(ClientTool psql) {
    String err = psql.run("-XAtc", "SELECT 1").err();
    assertThat(err).contains("FATAL:  ");
    return err.substring(err.indexOf("FATAL:  "));
  }

  private void assertTellsNothingToOthers(Proxy proxy) {
    assertThat(proxy.tool("psql").as(setup.user(), "wrong").run("-XAtc", "SELECT 1").err())
        .contains("FATAL:  password authentication failed for user \"" + setup.user() + "\"");
  }
}
