package io.pgplane.config;

import static io.pgplane.config.Trees.VALID;
import static io.pgplane.config.Trees.VERIFIER;
import static io.pgplane.config.Trees.problems;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BinderProblemsTest {
  @TempDir private Path directory;

  @Test
  void tellsEveryProblemAtOnce() {
    String text =
        """
        listeners: [{ name: main, prot: 1 }, { name: main, port: 70000 }]
        timeouts: { login: 0s }
        users: [{ name: alice }]
        routes: [{ name: a, backend: app-db }, { name: b }, { name: c, backend: ap-db }]
        backends: [{ name: app-db, servers: [] }]
        """;

    assertThat(problems(text))
        .containsExactlyInAnyOrder(
            "listeners[0].prot: unknown key; did you mean \"port\"?",
            "listeners[1].port: expected a port in 0..65535, found the number 70000",
            "timeouts.login: expected a duration from 1ms to 168h, found \"0s\"",
            "users[0].secret: missing; expected a SCRAM verifier",
            "routes[1].backend: missing; expected a name",
            "backends[0].servers: expected a list with at least one element, found an empty one",
            "listeners[1].name: \"main\" is already that of listeners[0]",
            "routes[2].backend: no backend named \"ap-db\"; did you mean \"app-db\"?");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "name: main   | name: 5      | listeners[0].name: expected a name, found the number 5; put it in quotes",
        "name: main   | name: on     | listeners[0].name: expected a name, found the truth value true; put it in quotes",
        "name: main   | name: ''     | listeners[0].name: must not be empty",
        "name: main   | name: [x]    | listeners[0].name: expected a name, found a list",
        "name: main   | host: x      | listeners[0].name: missing; expected a name",
        "name: main   | name: m, port: 1.5      | listeners[0].port: expected a port in 0..65535, found the number 1.5",
        "name: main   | name: m, port: abc      | listeners[0].port: expected a port in 0..65535, found \"abc\"",
        "name: main   | name: m, port: -1       | listeners[0].port: expected a port in 0..65535, found the number -1",
        "name: main   | name: m, port: true     | listeners[0].port: expected a port in 0..65535, found the truth value true",
        "name: main   | name: m, port: ~        | listeners[0].port: expected a port in 0..65535, found nothing",
        "name: main   | name: m, host: 'h:5432' | listeners[0].host: expected a host name or an address without a port, found \"h:5432\"",
        "name: main   | name: m, tls: ~         | listeners[0].tls: expected a map, found nothing",
        "name: main   | name: m, tls: {}        | listeners[0].tls.certificates: missing; mode allow needs a certificate",
        "name: main   | name: m, tls: {mode: alow} | listeners[0].tls.mode: expected one of disable, allow, require, verify-ca, verify-full, found \"alow\"; did you mean \"allow\"?",
        "name: main   | name: m, tls: {mode: disable, minVersion: TLSv1.1} | listeners[0].tls.minVersion: expected one of TLSv1.2, TLSv1.3, found \"TLSv1.1\"; did you mean \"TLSv1.2\"?",
        "name: main   | name: m, tls: {mode: disable, curves: [X448]} | listeners[0].tls.curves[0]: expected one of X25519, P-256, P-384, P-521, found \"X448\"",
        "name: main   | name: m, tls: {mode: disable, curves: []} | listeners[0].tls.curves: expected a list with at least one element, found an empty one",
        "name: alice  | name: alice, auth: cert | users[0].auth: expected one of scram, certificate, found \"cert\"",
        "backend: app-db | backend: app-db, match: {sni: 'a:1'} | routes[0].match.sni: expected a host name or an address without a port, found \"a:1\"",
        "host: 10.0.0.11 | host: h, port: 0     | backends[0].servers[0].port: expected a port in 1..65535, found the number 0",
        "backend: app-db | backend: app-db, login: trus | routes[0].login: expected passthrough, trust or a map, found \"trus\"; did you mean \"trust\"?",
        "backend: app-db | backend: app-db, login: {user: u} | routes[0].login: expected a password, or a certificate and its key",
        "backend: app-db | backend: app-db, match: {user: /(/} | routes[0].match.user: not a regular expression: missing closing )",
        "backend: app-db | backend: app-db, role: master | routes[0].role: expected one of any, primary, standby, prefer-standby, read-write, read-only, found \"master\"",
      })
  void namesThePlaceAndWhatWasExpected(String there, String instead, String problem) {
    assertThat(problems(VALID.replace(there, instead))).containsExactly(problem);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "timeouts: {login: 60}   | timeouts.login: expected a duration such as \"500ms\", \"5s\", \"1m\" or \"2h\", found the number 60",
        "timeouts: {login: 60sec} | timeouts.login: expected a duration such as \"500ms\", \"5s\", \"1m\" or \"2h\", found \"60sec\"",
        "timeouts: {drain: 169h} | timeouts.drain: expected a duration from 1ms to 168h, found \"169h\"",
        "timeouts: 5s            | timeouts: expected a map, found \"5s\"",
        "timeout: {}             | timeout: unknown key; did you mean \"timeouts\"?",
        "zzz: {}                 | zzz: unknown key",
        "cluster: {}             | cluster.secret: missing; expected a text",
        "cluster: {secret: short} | cluster.secret: too weak; give 16 characters or more",
        "cluster: {secret: aaaaabbbbbcccccddddd} | cluster.secret: too weak; give 6 different characters or more",
        "cluster: {secret: 0123456789abcdef} | cluster.secret: that of an example; make your own by `openssl rand -base64 32`",
        "cluster: {secret: sixteen characters, oldSecret: 0123456789abcdef} | cluster.oldSecret: that of an example; make your own by `openssl rand -base64 32`",
      })
  void namesWhatIsWrongInTheSectionsOfTheFile(String section, String problem) {
    assertThat(problems(VALID + section)).containsExactly(problem);
  }

  @Test
  void refusesNamesThatPostgresWouldCut() {
    String fits = "ä".repeat(31) + "x";

    assertThat(Trees.bind(VALID.replace("alice", fits)).topology().user(fits)).isPresent();
    assertThat(problems(VALID.replace("alice", fits + "x")))
        .containsExactly("users[0].name: is 64 bytes long; PostgreSQL's names end at 63");
  }

  @Test
  void refusesTwoListenersOnOneAddressButNotOnTwoFreePorts() {
    String two = "[{ name: a, port: PORT }, { name: b, host: 0.0.0.0, port: 'PORT' }]";

    assertThat(problems(VALID.replace("[{ name: main }]", two.replace("PORT", "6432"))))
        .containsExactly("listeners[1].port: \"0.0.0.0:6432\" is already that of listeners[0]");
    assertThat(Trees.bind(VALID.replace("[{ name: main }]", two.replace("PORT", "0"))).listeners())
        .hasSize(2);
  }

  @ParameterizedTest
  @CsvSource({"disable", "prefer"})
  void refusesACertificateLoginThatMightGoOverNoTls(String mode) throws IOException {
    PemFiles.write(directory);
    String text =
        VALID
            .replace(
                "backend: app-db",
                "backend: app-db,"
                    + " login: {user: u, certificate: DIR/server.crt, key: DIR/server.key}")
            .replace("[{ host: 10.0.0.11 }]", "[{ host: h }], tls: { mode: MODE }")
            .replace("DIR", directory.toString());

    assertThat(Trees.bind(text.replace("MODE", "require")).topology().routes()).hasSize(1);
    assertThat(problems(text.replace("MODE", mode)))
        .containsExactly(
            "routes[0].login.certificate: a certificate is shown over TLS only: tls.mode of the"
                + " backend \"app-db\" must be require or more, and is "
                + mode);
  }

  @Test
  void refusesAModeThatVerifiesClientsWithoutAnAuthority() throws IOException {
    PemFiles.write(directory);
    String tls =
        "tls: {mode: verify-ca, certificates: [{chain: DIR/server.crt, key: DIR/server.key}]}";

    assertThat(
            problems(
                VALID.replace(
                    "name: main", "name: m, " + tls.replace("DIR", directory.toString()))))
        .containsExactly(
            "listeners[0].tls.clientCa: missing; mode verify-ca needs the authorities of its"
                + " clients");
  }

  @Test
  void refusesACipherSuiteWithoutForwardSecrecy() {
    String tls = "name: m, tls: {mode: disable, ciphers: [TLS_RSA_WITH_AES_128_GCM_SHA256]}";

    assertThat(problems(VALID.replace("name: main", tls)))
        .singleElement()
        .asString()
        .startsWith(
            "listeners[0].tls.ciphers[0]: expected one of TLS_ECDHE_ECDSA_WITH_AES_256_GCM");
  }

  @Test
  void refusesALoginByCertificateThatNobodyAsksFor() {
    String text =
        VALID
            .replace("secret: \"" + VERIFIER + "\"", "auth: certificate")
            .replace("backend: app-db", "backend: app-db, login: trust");

    assertThat(problems(text))
        .containsExactly("users[0].auth: no listener asks for client certificates (tls.clientCa)");
  }

  @Test
  void refusesALoginByCertificateThatWouldBePassedThrough() throws IOException {
    PemFiles.write(directory);
    String text =
        VALID
            .replace("secret: \"" + VERIFIER + "\"", "auth: certificate")
            .replace("name: main", "name: main, tls: {mode: disable, clientCa: DIR/server.crt}")
            .replace("DIR", directory.toString());

    assertThat(problems(text))
        .containsExactly(
            "users[0].auth: what a certificate proves cannot be passed through, which all routes"
                + " of this user would do: give one another login");
    assertThat(Trees.bind(text.replace("backend: app-db", "backend: app-db, login: trust")))
        .isNotNull();
  }

  @Test
  void refusesAPasswordNextToALoginByCertificate() {
    assertThat(problems(VALID.replace("name: alice", "name: alice, auth: certificate")))
        .contains("users[0].secret: the auth certificate takes no password");
  }

  @Test
  void tellsOfAMissingVariableOnceAndOfNothingThatFollowsFromIt() {
    String text = VALID.replace("name: main", "name: main, port: '${PORT}'");

    assertThat(problems(text))
        .containsExactly("listeners[0].port: the environment variable PORT is not set");
    assertThat(problems(text, Map.of("PORT", "x"))).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "secret: hunter2",
    "secret: 'SCRAM-SHA-256$4096:hunter2$hunter2:hunter2'",
    "'secret: [hunter2]'",
    "'secret: {hunter2: hunter2}'",
    "'password: [hunter2]'",
    "password: 4711",
    "secret: 4711",
    "'password: ''a${hunter2'''",
  })
  void neverShowsASecret(String secret) {
    String text = VALID.replace("secret: \"" + VERIFIER + "\"", secret);

    assertThat(problems(text)).hasSize(1).first().asString().doesNotContain("hunter2", "4711");
  }
}
