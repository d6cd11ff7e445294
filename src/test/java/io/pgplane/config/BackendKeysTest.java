package io.pgplane.config;

import static io.pgplane.config.Trees.VALID;
import static io.pgplane.config.Trees.problems;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.topology.Backend;
import io.pgplane.topology.Balancing;
import io.pgplane.topology.Balancing.HashBy;
import io.pgplane.topology.Balancing.Policy;
import io.pgplane.topology.CircuitRule;
import io.pgplane.topology.HealthCheck;
import io.pgplane.topology.ProxyProtocol;
import io.pgplane.topology.Server;
import io.pgplane.topology.ServerAuth;
import io.pgplane.topology.ServerTls;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BackendKeysTest {
  private static final String SERVERS = "servers: [{host: 10.0.0.11}]";

  @Test
  void readsEveryKey() {
    Config config =
        Trees.bind(
            backend(
                    """
                    servers: [{host: db1, weight: 5, zone: east, connectionLimit: 7, drain: true}],
                    balance: hash, hashBy: address, slowStart: 30s, connectionLimit: 9, maxLag: 10s,
                    resolve: all, proxyProtocol: v2,
                    health: {interval: 1s, timeout: 500ms, fall: 4, rise: 5,
                      user: probe, password: pencil, database: app},
                    circuit: {failures: 6, wait: 2s, maxWait: 8s}
                    """)
                + "zone: east\n");

    assertThat(config.zone()).hasValue("east");
    assertThat(config.topology().backends())
        .containsExactly(
            new Backend(
                "app-db",
                List.of(new Server("db1", 5432, 5, Optional.of("east"), 7, true)),
                ServerTls.DEFAULTS,
                ServerAuth.DEFAULTS,
                ProxyProtocol.V2,
                new Balancing(
                    Policy.HASH, HashBy.ADDRESS, Duration.ofSeconds(30), 9, Duration.ofSeconds(10)),
                Backend.Resolve.ALL,
                Optional.of(
                    new HealthCheck(
                        Duration.ofSeconds(1),
                        Duration.ofMillis(500),
                        4,
                        5,
                        Optional.of(new HealthCheck.Login("probe", Optional.of("pencil"), "app")))),
                new CircuitRule(6, Duration.ofSeconds(2), Duration.ofSeconds(8))));
  }

  @ParameterizedTest
  @CsvSource({
    "localhost, PREFER", "127.0.0.1, PREFER", "127.8.8.8, PREFER", "'::1', PREFER",
    "10.0.0.11, REQUIRE", "db1, REQUIRE", "localhost.example, REQUIRE", "0.0.0.0, REQUIRE",
    "127.0.0.1.example, REQUIRE", "'fe80::1%eth0', REQUIRE"
  })
  void requiresTlsOfServersOnOtherMachinesByDefault(String host, ServerTls.Mode mode) {
    String both = "servers: [{host: 127.0.0.1}, {host: '" + host + "'}]";
    ServerTls tls = Trees.bind(backend(both)).topology().backends().iterator().next().tls();

    assertThat(tls.modeFor(host)).isEqualTo(mode);
    assertThat(tls.modeFor("127.0.0.1")).isEqualTo(ServerTls.Mode.PREFER);
    assertThat(Trees.bind(backend(both + ", tls: {mode: disable}")).topology().backends())
        .allSatisfy(set -> assertThat(set.tls().modeFor(host)).isEqualTo(ServerTls.Mode.DISABLE));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "scram-sha-256 | [SCRAM_SHA_256]",
        "scram-sha-256,md5 | [MD5, SCRAM_SHA_256]",
        "!password | [MD5, SCRAM_SHA_256, NONE]",
        "!password,!none | [MD5, SCRAM_SHA_256]",
      })
  void readsWhatServersMayAskAsLibpqDoes(String text, String methods) {
    Backend backend =
        Trees.bind(backend(SERVERS + ", requireAuth: '" + text + "'"))
            .topology()
            .backends()
            .iterator()
            .next();

    assertThat(EnumSet.copyOf(backend.auth().methods())).hasToString(methods);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "gss | expected some of password, md5, scram-sha-256, none, with commas between, found"
            + " \"gss\"",
        "md5,md5 | method \"md5\" is specified more than once",
        "!md5,none | method \"none\" cannot be mixed with negative methods",
        "md5,!none | negative method \"!none\" cannot be mixed with non-negative methods",
      })
  void refusesARequirementThatLibpqWouldRefuse(String text, String problem) {
    assertThat(Trees.problems(backend(SERVERS + ", requireAuth: '" + text + "'")))
        .containsExactly("backends[0].requireAuth: " + problem);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "requireAuth: none, health: {user: u, password: p} | requireAuth of this backend has no"
            + " method for this login",
        "requireAuth: scram-sha-256, health: {user: u} | requireAuth of this backend has no method"
            + " for this login",
        "channelBinding: require, tls: {mode: require}, health: {user: u} | channelBinding of this"
            + " backend is require, and this login proves nothing to bind",
      })
  void refusesProbesThatCouldNeverLogIn(String keys, String problem) {
    assertThat(Trees.problems(backend(SERVERS + ", " + keys)))
        .contains("backends[0].health.user: " + problem);
  }

  @Test
  void probesWithoutAUserByDefault() {
    Config config = Trees.bind(backend(SERVERS + ", health: {}, circuit: {}"));

    Backend backend = config.topology().backends().iterator().next();
    assertThat(backend.health())
        .hasValue(
            new HealthCheck(Duration.ofSeconds(2), Duration.ofSeconds(2), 3, 2, Optional.empty()));
    assertThat(backend.circuit()).isEqualTo(CircuitRule.DEFAULTS);
    assertThat(backend.balancing()).isEqualTo(Balancing.DEFAULTS);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "balance: roundrobin | balance: expected one of round-robin, least-connections, two-choices, random, first, hash, found \"roundrobin\"; did you mean \"round-robin\"?",
        "slowStart: 5 | slowStart: expected a duration such as \"500ms\", \"5s\", \"1m\" or \"2h\", found the number 5",
        "connectionLimit: -1 | connectionLimit: expected a number of sessions in 0..1000000, found the number -1",
        "maxLag: 5s | maxLag: how late a standby is, is known only with health.user; set it",
        "maxLag: 5s, health: {} | maxLag: how late a standby is, is known only with health.user; set it",
        "health: {password: x} | health.user: missing; the password is somebody's",
        "health: {interval: 0} | health.interval: expected a duration such as \"500ms\", \"5s\", \"1m\" or \"2h\", found the number 0",
        "circuit: {wait: 5s, maxWait: 1s} | circuit.maxWait: is less than wait",
      })
  void tellsWhatIsWrong(String keys, String problem) {
    assertThat(problems(backend(SERVERS + ", " + keys))).containsExactly("backends[0]." + problem);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "weight: 0 | weight: expected a weight in 1..1000, found the number 0",
        "drain: maybe | drain: expected true or false, found \"maybe\"",
      })
  void tellsWhatIsWrongWithAServer(String key, String problem) {
    assertThat(problems(backend("servers: [{host: db1, " + key + "}]")))
        .containsExactly("backends[0].servers[0]." + problem);
  }

  @Test
  void wantsProbesThatLogInWhereARouteAsksForARole() {
    String asking = VALID.replace("backend: app-db", "backend: app-db, role: primary");

    assertThat(problems(asking))
        .contains(
            "routes[0].role: the roles of the servers of backend \"app-db\" are not known;"
                + " give it a health.user");
  }

  private static String backend(String keys) {
    return VALID.replaceFirst(
        "(?m)^backends: .*$",
        "backends: [{name: app-db, " + keys.strip().replace("\n", " ") + "}]");
  }
}
