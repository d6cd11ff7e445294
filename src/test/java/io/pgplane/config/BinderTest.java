package io.pgplane.config;

import static io.pgplane.config.Trees.VALID;
import static io.pgplane.config.Trees.VERIFIER;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.crypto.ClusterSecret;
import io.pgplane.protocol.scram.ScramVerifier;
import io.pgplane.topology.Backend;
import io.pgplane.topology.CertificateFiles;
import io.pgplane.topology.CertificateMatch;
import io.pgplane.topology.Match;
import io.pgplane.topology.NamePattern;
import io.pgplane.topology.Route;
import io.pgplane.topology.Server;
import io.pgplane.topology.ServerLogin;
import io.pgplane.topology.ServerTls;
import io.pgplane.topology.Timeout;
import io.pgplane.topology.Timeouts;
import io.pgplane.topology.User;
import io.pgplane.topology.UserAuth;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BinderTest {
  private static final String EVERY_KEY =
      """
        listeners:
          - name: main
            host: "::1"
            port: 7000
            tls:
              mode: verify-full
              certificates:
                - { chain: DIR/server.crt, key: DIR/server.key }
                - { chain: DIR/server.crt, key: DIR/server.key }
              clientCa: DIR/server.crt
              minVersion: TLSv1.3
              ciphers: [TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384]
              curves: [P-384]
              ticketKeyPeriod: 1h
        timeouts: { login: 500ms, connect: 2m, drain: 2h }
        cluster: { secret: "sixteen characters" }
        users:
          - { name: alice, password: "pencil" }
          - { name: bob, auth: certificate, certificateNames: [robert, bob.example] }
        routes:
          - name: app
            match: { database: app, user: alice, sni: DB.example }
            backend: app-db
            database: app_v2
            login: { user: service, password: "pass" }
          - { name: cert, backend: app-db,
              login: { user: service, certificate: DIR/server.crt, key: DIR/server.key } }
          - { name: rest, backend: app-db, login: trust }
        backends:
          - name: app-db
            servers: [{ host: db1.example, port: 5433 }, { host: db2.example }]
            tls: { mode: verify-full, ca: DIR/server.crt }
        """;

  @TempDir private Path directory;

  @Test
  void takesTheDefaultsWhereKeysAreLeftOut() {
    Config config = Trees.bind(VALID);

    assertThat(config.listeners())
        .containsExactly(new Listener("main", "0.0.0.0", 6432, ListenerTls.DISABLED));
    assertThat(config.timeouts()).isEqualTo(Timeouts.DEFAULTS);
    assertThat(config.clusterSecret()).isEmpty();
    assertThat(config.topology().routes())
        .containsExactly(
            new Route("app", Match.ANY, "app-db", Optional.empty(), new ServerLogin.Passthrough()));
    assertThat(config.topology().backends())
        .containsExactly(
            new Backend("app-db", List.of(new Server("10.0.0.11", 5432)), ServerTls.DEFAULTS));
    assertThat(verifier(config.topology().user("alice").orElseThrow()).text()).isEqualTo(VERIFIER);
  }

  @Test
  void readsTheSameTimeoutsFromAnEmptySectionAsFromNone() {
    assertThat(Trees.bind(VALID + "timeouts: {}").timeouts()).isEqualTo(Timeouts.DEFAULTS);
  }

  @Test
  void readsEveryKeyOfTheMember() throws IOException {
    PemFiles.write(directory);

    Config config = Trees.bind(EVERY_KEY.replace("DIR", directory.toString()));

    Path chain = directory.resolve("server.crt");
    Path key = directory.resolve("server.key");
    assertThat(config.listeners())
        .containsExactly(
            new Listener(
                "main",
                "::1",
                7000,
                new ListenerTls(
                    ListenerTls.Mode.VERIFY_FULL,
                    List.of(new CertificateFiles(chain, key), new CertificateFiles(chain, key)),
                    Optional.of(chain),
                    new TlsParameters(
                        "TLSv1.3",
                        List.of("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"),
                        List.of("P-384"),
                        Duration.ofHours(1)))));
    assertThat(config.timeouts())
        .isEqualTo(
            Timeouts.DEFAULTS
                .with(Timeout.LOGIN, Duration.ofMillis(500))
                .with(Timeout.CONNECT, Duration.ofMinutes(2))
                .with(Timeout.DRAIN, Duration.ofHours(2)));
    assertThat(config.clusterSecret()).contains(ClusterSecret.of("sixteen characters"));
  }

  @Test
  void readsEveryKeyOfTheTopology() throws IOException {
    PemFiles.write(directory);

    Config config = Trees.bind(EVERY_KEY.replace("DIR", directory.toString()));

    Path chain = directory.resolve("server.crt");
    Path key = directory.resolve("server.key");
    assertThat(config.topology().user("alice").orElseThrow())
        .returns(CertificateMatch.commonNames("alice"), User::certificates)
        .extracting(BinderTest::verifier)
        .returns(4096, ScramVerifier::iterations);
    var bobs = CertificateMatch.commonNames("robert", "bob.example");
    assertThat(config.topology().user("bob"))
        .contains(new User("bob", new UserAuth.Certificate(), bobs));
    assertThat(config.topology().routes())
        .containsExactly(
            new Route(
                "app",
                new Match(
                    NamePattern.parse("app"),
                    NamePattern.parse("alice"),
                    NamePattern.parse("db.example")),
                "app-db",
                Optional.of("app_v2"),
                new ServerLogin.Password("service", "pass")),
            new Route(
                "cert",
                Match.ANY,
                "app-db",
                Optional.empty(),
                new ServerLogin.Certificate("service", new CertificateFiles(chain, key))),
            new Route("rest", Match.ANY, "app-db", Optional.empty(), new ServerLogin.Trust()));
    assertThat(config.topology().backends())
        .containsExactly(
            new Backend(
                "app-db",
                List.of(new Server("db1.example", 5433), new Server("db2.example", 5432)),
                new ServerTls(ServerTls.Mode.VERIFY_FULL, Optional.of(chain))));
  }

  @Test
  void givesTlsToThoseWhoAskOnceThereIsACertificate() throws IOException {
    PemFiles.write(directory);

    Config config =
        Trees.bind(
            VALID.replace(
                "name: main",
                "name: main, tls: { certificates: [{ chain: DIR/server.crt, key: DIR/server.key }] }"
                    .replace("DIR", directory.toString())));

    assertThat(config.listeners().get(0).tls().mode()).isEqualTo(ListenerTls.Mode.ALLOW);
  }

  @Test
  void readsNumbersAndDurationsFromTheEnvironment() {
    String text =
        VALID.replace("name: main", "name: main, port: '${PORT}', host: '127.0.0.${LAST:1}'")
            + "timeouts: { login: '${LOGIN:7}s' }";

    Config config = Trees.bind(text, Map.of("PORT", "7001"));

    assertThat(config.listeners().get(0).port()).isEqualTo(7001);
    assertThat(config.listeners().get(0).host()).isEqualTo("127.0.0.1");
    assertThat(config.timeouts())
        .isEqualTo(Timeouts.DEFAULTS.with(Timeout.LOGIN, Duration.ofSeconds(7)));
  }

  @Test
  void hashesThePasswordOfEachUserWithASaltOfItsOwn() {
    String text =
        VALID.replaceFirst("users: .*", "users: [{name: a, password: p}, {name: b, password: p}]");

    Config config = Trees.bind(text);

    assertThat(config.topology().users())
        .extracting(user -> verifier(user).text())
        .doesNotHaveDuplicates();
  }

  private static ScramVerifier verifier(User user) {
    return ((UserAuth.Scram) user.auth()).verifier();
  }
}
