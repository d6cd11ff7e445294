package io.pgplane.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.pgplane.testkit.ClientTool;
import io.pgplane.testkit.OperatorLog;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ProxyFixture;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.Setup;
import io.pgplane.topology.Match;
import io.pgplane.topology.NamePattern;
import io.pgplane.topology.Route;
import io.pgplane.topology.ServerLogin;
import io.pgplane.topology.Snapshot;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RoutingIT {
  private static final ServerLogin PASSTHROUGH = new ServerLogin.Passthrough();

  @RegisterExtension final ProxyFixture fixture = new ProxyFixture();
  @RegisterExtension final OperatorLog log = new OperatorLog();

  private final Setup setup = Setup.on(Version.NEWEST);

  @Test
  void capturesChooseTheDatabase() {
    Proxy proxy =
        start(
            new Route(
                "tenants",
                new Match(NamePattern.parse("tenant-*"), NamePattern.ANY, NamePattern.ANY),
                "${database.1}",
                Optional.of("${user.0}"),
                PASSTHROUGH));

    assertThat(psql(proxy, "tenant-db").succeeded().out()).isEqualTo(setup.database() + "\n");
    assertThat(psql(proxy, "tenant-gone").err())
        .contains("FATAL:  database \"tenant-gone\" does not exist");
    assertThat(log.lines(Level.INFO))
        .anyMatch(line -> line.contains("route tenants: there is no backend \"gone\""));
  }

  @Test
  void clientWishesForARouteInItsOptionsAndTheServerHearsNothingOfIt() {
    Proxy proxy =
        start(toDatabase("first", "nowhere"), toDatabase("second", setup.database()).selectable());

    ClientTool.Result result =
        proxy
            .tool("psql")
            .env("PGOPTIONS", "-c pgplane.route=second -c work_mem=1234kB --pgplane.route=second")
            .run(
                "-XAtc",
                "SELECT current_setting('pgplane.route', true) IS NULL,"
                    + " current_setting('work_mem')")
            .succeeded();

    assertThat(result.out()).isEqualTo("t|1234kB\n");
    assertThat(proxy.tool("psql").run("-XAtc", "SELECT 1").err())
        .contains("FATAL:  database \"nowhere\" does not exist");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "-c pgplane.route=third|permission denied to set parameter \"pgplane.route\"",
        "-c pgplane.route=second|permission denied to set parameter \"pgplane.route\"",
        "-c pgplane.nonsense=1|unrecognized configuration parameter \"pgplane.nonsense\"",
        "-c pgplane.target_session_attrs=x"
            + "|invalid value for parameter \"pgplane.target_session_attrs\": \"x\"",
        "-c pgplane.route|-c pgplane.route requires a value",
      })
  void wishThatCannotBeFulfilledIsRefusedAndNotForgotten(String options, String text) {
    Route elsewhere =
        new Route(
                "second",
                new Match(NamePattern.parse("elsewhere"), NamePattern.ANY, NamePattern.ANY),
                "db",
                Optional.empty(),
                PASSTHROUGH)
            .selectable();
    Proxy proxy = start(toDatabase("first", setup.database()), elsewhere);

    ClientTool psql = proxy.tool("psql").env("PGOPTIONS", options);

    assertThat(psql.run("-XAtc", "SELECT 1").err())
        .contains("FATAL:  " + text.replace("DB", setup.database()));
    assertThat(psql.as(setup.user(), "wrong").run("-XAtc", "SELECT 1").err())
        .as("told to nobody without the password")
        .contains("FATAL:  password authentication failed");
  }

  private Proxy start(Route... routes) {
    return fixture.start(
        setup.topology(before -> new Snapshot(before.users(), List.of(routes), before.backends())));
  }

  private static Route toDatabase(String name, String database) {
    return new Route(name, Match.ANY, "db", Optional.of(database), PASSTHROUGH);
  }

  private static ClientTool.Result psql(Proxy proxy, String database) {
    return proxy.tool("psql").run("-XAtc", "SELECT current_database()", database);
  }
}
