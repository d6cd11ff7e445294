package io.pgplane.attack;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.testkit.ClientTool;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ProxyFixture;
import io.pgplane.testkit.RealPostgres;
import io.pgplane.testkit.RealPostgres.Auth;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.Setup;
import io.pgplane.topology.Match;
import io.pgplane.topology.NamePattern;
import io.pgplane.topology.Role;
import io.pgplane.topology.Route;
import io.pgplane.topology.ServerLogin;
import io.pgplane.topology.Snapshot;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A client asks for a route behind the one that is for it, to get that one's service login. */
class RouteChosenByClientIT {
  @RegisterExtension final ProxyFixture fixture = new ProxyFixture();

  private final Setup setup = Setup.on(Version.NEWEST);
  private final String service = RealPostgres.uniqueName("service");
  private Proxy proxy;

  @BeforeEach
  void start() {
    setup.postgres().createUser(service, "of the service", Auth.SCRAM);
    setup.postgres().createDatabase(service, service);
    ServerLogin privileged = new ServerLogin.Password(service, "of the service");
    Route all = route("service", Match.ANY, privileged);
    Match elsewhere = new Match(NamePattern.parse("other"), NamePattern.ANY, NamePattern.ANY);
    List<Route> routes =
        List.of(
            route("app", Match.ANY, new ServerLogin.Passthrough()).to(Role.PREFER_STANDBY),
            all,
            route("elsewhere", elsewhere, privileged).selectable(),
            route("open", Match.ANY, privileged).to(Role.PREFER_STANDBY).selectable());
    proxy =
        fixture.start(
            setup.topology(before -> new Snapshot(before.users(), routes, before.backends())));
  }

  @ParameterizedTest
  @ValueSource(strings = {"service", "app", "elsewhere", "there is none"})
  void isRefusedAsPostgresqlRefusesASettingAndDoesNotLearnWhichRoutesThereAre(String route) {
    String refused = fatal("-c pgplane.route=" + route.replace(" ", "\\ "));

    assertThat(refused).isEqualTo(denied("pgplane.route"));
    assertThat(fatal("-c log_statement=all"))
        .as("PostgreSQL about a setting that is not the client's")
        .isEqualTo(denied("log_statement"));
  }

  @Test
  void getsARouteThatClientsMayChoose() {
    assertThat(user("-c pgplane.route=open")).isEqualTo(service + "\n");
    assertThat(user("")).isEqualTo(setup.user() + "\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"primary", "standby", "read-write", "read-only"})
  void doesNotChangeTheRoleOfARouteThatHasOne(String role) {
    assertThat(fatal("-c pgplane.target_session_attrs=" + role))
        .isEqualTo(denied("pgplane.target_session_attrs"));
  }

  @ParameterizedTest
  @CsvSource({"app,any", "app,prefer-standby", "open,any"})
  void mayAskForWhatTheRouteGivesAnyway(String route, String role) {
    String options = "-c pgplane.target_session_attrs=" + role;

    assertThat(user(route.equals("app") ? options : options + " -c pgplane.route=" + route))
        .isEqualTo((route.equals("app") ? setup.user() : service) + "\n");
  }

  private static String denied(String setting) {
    return "FATAL:  permission denied to set parameter \"" + setting + "\"\n";
  }

  private Route route(String name, Match match, ServerLogin login) {
    Optional<String> database =
        login instanceof ServerLogin.Passthrough ? Optional.empty() : Optional.of(service);
    return new Route(name, match, "db", database, login);
  }

  private String user(String options) {
    return psql(options).succeeded().out();
  }

  private String fatal(String options) {
    String err = psql(options).err();
    return err.substring(Math.max(0, err.indexOf("FATAL:  ")));
  }

  private ClientTool.Result psql(String options) {
    return proxy.tool("psql").env("PGOPTIONS", options).run("-XAtc", "SELECT current_user");
  }
}
