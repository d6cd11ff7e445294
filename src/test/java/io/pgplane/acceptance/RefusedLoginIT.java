package io.pgplane.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ProxyFixture;
import io.pgplane.testkit.RawLogin;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.ScriptedClient;
import io.pgplane.testkit.Setup;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The texts are PostgreSQL's own: tools and people look for them. */
class RefusedLoginIT {
  @RegisterExtension final ProxyFixture fixture = new ProxyFixture();

  @ParameterizedTest
  @EnumSource
  void refusesAWrongPassword(Version version) throws Exception {
    Proxy proxy = fixture.start(Setup.on(version));
    String user = proxy.setup().user();

    assertRefused(proxy, user, "wrong", user, "28P01", failed(user));
    assertThat(proxy.tool("psql").as(user, "wrong").run("-XAtc", "SELECT 1").err())
        .contains("FATAL:  " + failed(user));
  }

  @ParameterizedTest
  @EnumSource
  void refusesAnUnknownUserLikeAWrongPassword(Version version) throws Exception {
    Proxy proxy = fixture.start(Setup.on(version));
    String database = proxy.setup().database();

    assertRefused(proxy, "nobody", "guess", database, "28P01", failed("nobody"));
    assertThat(proxy.tool("psql").as("nobody", "guess").run("-XAtc", "SELECT 1").err())
        .contains("FATAL:  " + failed("nobody"));
  }

  @ParameterizedTest
  @EnumSource
  void relaysThatADatabaseDoesNotExist(Version version) throws Exception {
    Proxy proxy = fixture.start(Setup.on(version));
    Setup setup = proxy.setup();

    assertRefused(
        proxy,
        setup.user(),
        setup.password(),
        "atlantis",
        "3D000",
        "database \"atlantis\" does not exist");
    assertThat(proxy.tool("psql").run("-XAtc", "SELECT 1", "atlantis").err())
        .contains("FATAL:  database \"atlantis\" does not exist");
  }

  @ParameterizedTest
  @EnumSource
  void relaysThatAParameterIsUnknown(Version version) {
    Proxy proxy = fixture.start(Setup.on(version));

    assertThat(proxy.tool("psql").env("PGOPTIONS", "-c nonsense=1").run("-XAtc", "SELECT 1").err())
        .contains("FATAL:  unrecognized configuration parameter \"nonsense\"");
  }

  @ParameterizedTest
  @EnumSource
  void asksForAPasswordOnceMoreWithoutHarm(Version version) {
    Proxy proxy = fixture.start(Setup.on(version));

    // Without a password psql hangs up in the middle of the exchange.
    assertThat(proxy.tool("psql").env("PGPASSWORD", "").run("-XAtwc", "SELECT 1").err())
        .contains("fe_sendauth: no password supplied");
    assertThat(proxy.tool("psql").run("-XAtc", "SELECT 1").succeeded().out()).isEqualTo("1\n");
  }

  private static String failed(String user) {
    return "password authentication failed for user \"" + user + "\"";
  }

  private static void assertRefused(
      Proxy proxy, String user, String password, String... databaseStateText) throws Exception {
    try (ScriptedClient client = proxy.connect()) {
      client.startTls("postgresql");

      assertThatThrownBy(() -> client.login(user, password, databaseStateText[0]))
          .isInstanceOfSatisfying(
              RawLogin.Refused.class,
              refused -> {
                assertThat(refused.error().field('S')).isEqualTo("FATAL");
                assertThat(refused.error().field('C')).isEqualTo(databaseStateText[1]);
                assertThat(refused.error().field('M')).isEqualTo(databaseStateText[2]);
              });
      client.expectEnd();
    }
  }
}
