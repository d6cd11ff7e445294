package io.pgplane.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WarningChecksTest {
  private static final String LISTENERS = "listeners: [{ name: main, host: 127.0.0.1 }]";
  private static final String USERS = "users: [{ name: alice, secret: \"VERIFIER\" }]";
  private static final String ROUTES = "routes: [{ name: app, backend: db }]";
  private static final String BACKENDS = "backends: [{ name: db, servers: [{ host: \"::1\" }] }]";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {}                                      | { database: app }
          { user: "*" }                           | {}
          { database: app }                       | { database: app, user: alice }
          { database: "app*" }                    | { database: app_1 }
          { database: "app*" }                    | { database: "app_*" }
          { database: "*a*b*" }                   | { database: "x*aa*bb" }
          { database: "/a+/" }                    | { database: aaa }
          { database: "/a+/" }                    | { database: "/a+/", user: bob }
          { sni: "*.Example" }                    | { sni: db.example }
          { source: [10.0.0.0/8] }                | { source: [10.1.0.0/16, 10.2.3.4] }
          { source: [10.0.0.0/9, 10.128.0.0/9] }  | { source: [10.0.0.0/8] }
          { source: ["0.0.0.0/0", "::/0"] }       | {}
          { tls: true }                           | { tls: true, replication: false }
          """)
  void routeBehindOneThatTakesAllItsLoginsIsWarnedOf(String first, String second) {
    assertThat(warningsOfRoutes(first, second))
        .containsExactly(
            "routes[1].match: routes[0] takes every login that matches here, and no client may choose"
                + " this route (clientSelectable)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          { database: app }                       | {}
          { database: app, user: alice }          | { database: app }
          { database: "app_*" }                   | { database: "app*" }
          { database: "*ab*" }                    | { database: "*a*b*" }
          { database: "a*a" }                     | { database: "a*" }
          { database: "a*a" }                     | { database: a }
          { database: "/.*/" }                    | { database: "a*" }
          { database: "/a|b/" }                   | { database: "/a/" }
          { database: "a*" }                      | { database: "/ab/" }
          { source: [10.0.0.0/9] }                | { source: [10.0.0.0/8] }
          { source: [10.0.0.0/8] }                | { source: [10.1.0.0/16, 11.0.0.1] }
          { source: [0.0.0.0/0] }                 | {}
          { source: [0.0.0.0/0] }                 | { source: ["::1"] }
          { tls: true }                           | {}
          { tls: true }                           | { tls: false }
          { replication: false }                  | { replication: true }
          """)
  void routeThatMayTakeALoginIsNotWarnedOf(String first, String second) {
    assertThat(warningsOfRoutes(first, second)).isEmpty();
  }

  @Test
  void tenThousandRoutesAreComparedInReasonableTime() {
    String routes =
        IntStream.range(0, 10_000)
            .mapToObj(
                i -> "{ name: r" + i + ", match: { database: \"a" + i + "_*\" }, backend: db }")
            .collect(Collectors.joining(", ", "routes: [", "]"));
    long begin = System.nanoTime();

    assertThat(warnings(LISTENERS, USERS, routes, BACKENDS)).isEmpty();

    assertThat(System.nanoTime() - begin).isLessThan(20_000_000_000L);
  }

  @Test
  void backendThatNoRouteLeadsToIsWarnedOf() {
    String backends =
        """
        backends:
          - { name: db, servers: [{ host: 127.0.0.1 }] }
          - { name: a-db, servers: [{ host: localhost }] }
          - { name: other, servers: [{ host: 127.8.0.1 }] }
        """;
    String captures =
        "routes: [{ name: app, match: { user: \"*_x\" }, backend: \"${user.1}-db\" },"
            + " { name: all, backend: db }]";

    assertThat(warnings(LISTENERS, USERS, ROUTES, backends))
        .containsExactly(
            "backends[1].name: no route leads to this backend",
            "backends[2].name: no route leads to this backend");
    assertThat(warnings(LISTENERS, USERS, captures, backends))
        .containsExactly("backends[2].name: no route leads to this backend");
  }

  @Test
  void userWithAPasswordWhoseRoutesAllPassThroughIsWarnedOf() {
    String users =
        "users: [{ name: alice, password: x }, { name: bob, password: x },"
            + " { name: carol, password: x }, { name: dave, secret: \"VERIFIER\" }]";
    String routes =
        "routes: [{ name: bob, match: { user: bob }, backend: db, login: trust },"
            + " { name: some, match: { user: \"/(alice|bob|dave)/\" }, backend: db }]";

    assertThat(warnings(LISTENERS, users, routes, BACKENDS))
        .containsExactly(
            "users[0].password: this user cannot log in: all its routes use passthrough, and no"
                + " server has the verifier that is made of this password; give the server's"
                + " verifier as secret");
  }

  @ParameterizedTest
  @CsvSource({
    "0.0.0.0, true", "'::', true", "10.0.0.5, true", "proxy.example, true",
    "127.0.0.1, false", "127.1.2.3, false", "'::1', false", "localhost, false"
  })
  void whatMayGoInClearBetweenMachinesIsWarnedOf(String host, boolean warned) {
    String listeners = "listeners: [{ name: main, host: \"" + host + "\" }]";
    String backends =
        "backends: [{ name: db, servers: [{ host: 127.0.0.1 }, { host: \""
            + host
            + "\" }],"
            + " tls: { mode: prefer } }]";

    List<String> warnings = warnings(listeners, USERS, ROUTES, backends);

    String why = host + " is no loopback address; ";
    String[] expected = {
      "listeners[0].tls.mode: clients may connect without TLS, and " + why + "set mode: require",
      "backends[0].tls.mode: prefer lets sessions go to the server without TLS, and "
          + why
          + "set require, verify-ca or verify-full"
    };
    assertThat(warnings).containsExactly(warned ? expected : new String[0]);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          { name: a, port: 1 }                | { name: b, host: 127.0.0.1, port: 1 }
          { name: a, host: 10.0.0.1, port: 1} | { name: b, host: "::", port: 1 }
          { name: a }                         | { name: b, host: "::1", port: "6432" }
          { name: a, host: "::1" }            | { name: b, host: "0:0:0:0:0:0:0:1" }
          { name: a, host: localhost }        | { name: b, host: localhost }
          """)
  void listenersThatCannotBothBeOpenedAreRefused(String first, String second) {
    String listeners = "listeners: [" + first + ", " + second + "]";

    assertThat(
            Trees.problems(String.join("\n", listeners, "users: []", "routes: []", "backends: []")))
        .singleElement()
        .asString()
        .startsWith("listeners[1].port: ");
  }

  @Test
  void listenersOfDifferentAddressesAreTaken() {
    String listeners =
        "listeners: [{ name: a, host: 127.0.0.1 }, { name: b, host: \"::1\" },"
            + " { name: c, host: 127.0.0.2 }, { name: d, host: 127.0.0.1, port: 7000 },"
            + " { name: e, host: 127.0.0.1, port: 0 }, { name: f, host: 127.0.0.1, port: 0 }]";

    assertThat(warnings(listeners, USERS, ROUTES, BACKENDS, "admin: {}")).isEmpty();
    assertThat(
            Trees.problems(
                Trees.VALID.replace("name: main", "name: main, port: 6480") + "admin: {}\n"))
        .containsExactly("admin.port: taken by listeners[0], which listens on 0.0.0.0:6480");
  }

  @Test
  void serverReachedByTlsAloneIsNotWarnedOf() {
    for (String mode : List.of("require", "verify-ca", "verify-full")) {
      String backends =
          "backends: [{ name: db, servers: [{ host: 10.0.0.1 }], tls: { mode: " + mode + " } }]";
      assertThat(warnings(LISTENERS, USERS, ROUTES, backends)).isEmpty();
    }
  }

  @Test
  void whatSendsThePasswordOfTheStoreToAnybodyIsWarnedOf() {
    String cluster = "cluster: { secret: that of these tests }";
    String store =
        "store: { type: postgres, host: db1, database: d, user: u, password: p, tls: { mode: M } }";

    assertThat(warnings(LISTENERS, USERS, ROUTES, BACKENDS, cluster, store.replace("M", "require")))
        .containsExactly(
            "store.tls.mode: the password of the store goes to any server that answers at db1, in clear"
                + " text if it is asked for so; set verify-ca or verify-full");
    assertThat(
            warnings(LISTENERS, USERS, ROUTES, BACKENDS, cluster, store.replace("M", "verify-ca")))
        .isEmpty();
  }

  @Test
  void weakCipherSuitesAreWarnedOf() {
    String backends =
        "backends: [{ name: db, servers: [{ host: 10.0.0.1 }],"
            + " tls: { ciphers: [TLS_RSA_WITH_AES_128_GCM_SHA256] } }]";

    assertThat(warnings(LISTENERS, USERS, ROUTES, backends))
        .containsExactly(
            "backends[0].tls.ciphers: TLS_RSA_WITH_AES_128_GCM_SHA256 lacks forward secrecy or"
                + " authenticated encryption");
  }

  private static List<String> warningsOfRoutes(String first, String second) {
    return warnings(
        LISTENERS,
        USERS,
        "routes: [{ name: first, match: "
            + first
            + ", backend: db }, { name: second, match: "
            + second
            + ", backend: db }]",
        BACKENDS);
  }

  private static List<String> warnings(String... parts) {
    return Trees.bind(String.join("\n", parts).replace("VERIFIER", Trees.VERIFIER))
        .warnings()
        .stream()
        .map(Warning::toString)
        .toList();
  }
}
