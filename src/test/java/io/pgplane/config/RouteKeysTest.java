package io.pgplane.config;

import static io.pgplane.config.Trees.VALID;
import static io.pgplane.config.Trees.bind;
import static io.pgplane.config.Trees.problems;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.topology.Cidr;
import io.pgplane.topology.Match;
import io.pgplane.topology.NamePattern;
import io.pgplane.topology.Role;
import io.pgplane.topology.Route;
import io.pgplane.topology.Template;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RouteKeysTest {
  private static final String ROUTE = "{ name: app, backend: app-db }";

  @Test
  void readsEveryKeyOfAMatch() {
    Route route =
        route(
            "name: app, backend: app-db, role: prefer-standby, clientSelectable: true, match: { database: 'app_*',"
                + " user: '/u\\d/', sni: 'DB.Example', applicationName: psql, listener: main,"
                + " source: [10.0.0.0/8, '::1'], tls: yes, replication: 'false' }");

    assertThat(route.match())
        .isEqualTo(
            new Match(
                NamePattern.parse("app_*"),
                NamePattern.parse("/u\\d/"),
                NamePattern.parse("db.example"),
                NamePattern.parse("psql"),
                NamePattern.parse("main"),
                List.of(Cidr.parse("10.0.0.0/8"), Cidr.parse("::1")),
                Optional.of(true),
                Optional.of(false)));
    assertThat(route.role()).isEqualTo(Role.PREFER_STANDBY);
    assertThat(route.clientSelectable()).isTrue();
  }

  @Test
  void leavesCapturesToTheLogin() {
    Route route =
        route("name: app, backend: '${user.1}-db', database: '${user.0}_x', match: { user: '*' }");

    assertThat(route.backend()).isEqualTo(new Template("${user.1}-db"));
    assertThat(route.database()).contains(new Template("${user.0}_x"));
  }

  @Test
  void capturesMustBeAbleToBecomeTheNameOfABackend() {
    String routes = "{ name: app, backend: 'x${user.1}' }";

    assertThat(problems(VALID.replace(ROUTE, routes)))
        .containsExactly("routes[0].backend: no backend named \"x*\"");
  }

  @Test
  void everyBackendThatCapturesMayLeadToNeedsTlsForACertificate(@TempDir Path directory)
      throws IOException {
    PemFiles.write(directory);
    String routes =
        "{ name: app, backend: '${user.1}-db', login: { user: u, certificate: DIR/server.crt,"
            + " key: DIR/server.key } }";

    String local = VALID.replace("10.0.0.11", "localhost");
    assertThat(problems(local.replace(ROUTE, routes.replace("DIR", directory.toString()))))
        .containsExactly(
            "routes[0].login.certificate: a certificate is shown over TLS only: tls.mode of the"
                + " backend \"app-db\" must be require or more, and is prefer");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "trust | requireAuth: scram-sha-256",
        "passthrough | requireAuth: 'md5,password,none'",
        "{ user: u, password: p } | requireAuth: none",
      })
  void aLoginMustBeAbleToAnswerWhatItsBackendAllows(String login, String keys) {
    String file = VALID.replace("backend: app-db", "backend: app-db, login: " + login);

    assertThat(Trees.bind(file).topology().routes()).hasSize(1);
    assertThat(problems(file.replace("servers:", keys + ", servers:")))
        .containsExactly(
            "routes[0].login: requireAuth of the backend \"app-db\" has no method for this login");
  }

  @Test
  void aLoginThatProvesNothingBindsNothing() {
    String file = VALID.replace("servers:", "channelBinding: require, servers:");

    assertThat(Trees.bind(file).topology().routes()).hasSize(1);
    assertThat(problems(file.replace("backend: app-db", "backend: app-db, login: trust")))
        .containsExactly(
            "routes[0].login: channelBinding of the backend \"app-db\" is require, and this login"
                + " proves nothing to bind");
    assertThat(problems(file.replace("10.0.0.11", "127.0.0.1")))
        .containsExactly(
            "backends[0].channelBinding: require needs tls.mode require or more, and it is prefer");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "backend: '${user.2}' | routes[0].backend: ${user.2}: match.user has no such group",
        "backend: '${user.x}' | routes[0].backend: ${user.x}: match.user has no such group",
        "backend: '${source.1}' | routes[0].backend: ${source.1}: no pattern is called source",
        "backend: '${database.1}'"
            + "| routes[0].backend: ${database.1}: match.database is exact, and has no groups",
        "backend: app-db, database: '${database.1}'"
            + "| routes[0].database: ${database.1}: match.database is exact, and has no groups",
        "backend: '${user.1' | routes[0].backend: expected ${NAME}, ${NAME:default} or ${file:PATH} after a \"${\"",
      })
  void refusesCapturesOfWhatIsNotThere(String keys, String problem) {
    String routes = "{ name: app, match: { database: app, user: 'a*' }, " + keys + " }";

    assertThat(problems(VALID.replace(ROUTE, routes))).contains(problem);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "source: [10.0.0.1/8] | source[0]: 10.0.0.1/8 has bits set behind its prefix",
        "source: [] | source: expected a list with at least one element, found an empty one",
        "tls: maybe | tls: expected true or false, found \"maybe\"",
        "replication: 1 | replication: expected true or false, found the number 1",
        "user: '/(a{100}){100}/' | user: the pattern is too large; in a regular expression, *"
            + " and + cost less than counts",
      })
  void namesWhatIsWrongInAMatch(String keys, String problem) {
    String routes = "{ name: app, backend: app-db, match: { " + keys + " } }";

    assertThat(problems(VALID.replace(ROUTE, routes)))
        .containsExactly("routes[0].match." + problem);
  }

  @Test
  @Timeout(30)
  void takesTenThousandRoutesInSeconds() {
    String routes =
        IntStream.range(0, 10_000)
            .mapToObj(i -> "{name: r" + i + ", backend: app-db, match: {database: d" + i + "}}")
            .collect(Collectors.joining(",\n"));
    long begin = System.nanoTime();

    int read = bind(VALID.replace(ROUTE, routes)).topology().routes().size();

    assertThat(read).isEqualTo(10_000);
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(20));
  }

  private static Route route(String keys) {
    String probed = VALID.replace("servers:", "health: { user: probe }, servers:");
    return bind(probed.replace(ROUTE, "{ " + keys + " }")).topology().routes().get(0);
  }
}
