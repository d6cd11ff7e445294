package io.pgplane.attack;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.testkit.Certificates.KeyType;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ProxyFixture;
import io.pgplane.testkit.RawLogin;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.ScriptedClient;
import io.pgplane.testkit.Setup;
import io.pgplane.topology.CipherSuites;
import io.pgplane.topology.CircuitRule;
import io.pgplane.topology.ServerTls;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A PostgreSQL 18 that takes one cipher suite of TLS 1.2: with a weak one, an eavesdropper who
 * records the connection may read it later.
 */
class WeakCipherServerIT {
  @RegisterExtension final ProxyFixture fixture = new ProxyFixture();

  /** A circuit that opens would keep the later logins away. */
  private final Setup setup =
      Setup.on(Version.NEWEST)
          .serverTls(ServerTls.Mode.VERIFY_FULL)
          .backend(b -> b.with(new CircuitRule(0, Duration.ofSeconds(1), Duration.ofSeconds(1))));

  @AfterEach
  void restore() {
    setup
        .postgres()
        .execute("ALTER SYSTEM RESET ssl_ciphers", "ALTER SYSTEM RESET ssl_max_protocol_version");
    setup.postgres().restoreTls();
  }

  @Test
  void isTalkedToByStrongSuitesAloneUnlessTheFileNamesOthers() throws Exception {
    Proxy strong = fixture.start(setup);
    Proxy widened = fixture.start(setup.serverTls(with(CipherSuites.TLS_1_2)));

    for (KeyType key : List.of(KeyType.EC_P256, KeyType.RSA_2048)) {
      String ecdhe = key == KeyType.EC_P256 ? "ECDHE-ECDSA-" : "ECDHE-RSA-";
      for (String suite : List.of("AES128-GCM-SHA256", "AES256-GCM-SHA384", "CHACHA20-POLY1305")) {
        show(key, ecdhe + suite);
        assertThat(cipher(strong)).isEqualTo(ecdhe + suite);
      }
      for (String suite : List.of("AES128-SHA256", "AES256-SHA", "AES128-SHA")) {
        assertWeak(key, ecdhe + suite, strong, widened);
      }
    }
    for (String suite :
        List.of("AES128-GCM-SHA256", "AES256-GCM-SHA384", "AES128-SHA", "AES256-SHA")) {
      assertWeak(KeyType.RSA_2048, suite, strong, widened);
    }
  }

  @Test
  void isRefusedFromTheNextLoginOnOnceTheFileNamesItsSuiteNoMore() throws Exception {
    ServerTls strong = setup.serverTls();
    Proxy proxy = fixture.start(setup.serverTls(with(CipherSuites.TLS_1_2)));
    show(KeyType.EC_P256, "ECDHE-ECDSA-AES128-SHA");
    assertThat(cipher(proxy)).isEqualTo("ECDHE-ECDSA-AES128-SHA");

    Proxy.result(proxy.pgplane().reconfigure(setup.serverTls(strong).config()));

    assertThat(cipher(proxy)).isEqualTo("refused");
  }

  /** BoringSSL knows no Ed25519, so the JDK does it. */
  @Test
  void isTalkedToByTheSameSuitesWhereTheJdkDoesTls() throws Exception {
    Proxy strong = fixture.start(setup);
    Proxy widened = fixture.start(setup.serverTls(with(CipherSuites.TLS_1_2)));

    show(KeyType.ED25519, "ECDHE-ECDSA-AES256-GCM-SHA384");
    assertThat(cipher(strong)).isEqualTo("ECDHE-ECDSA-AES256-GCM-SHA384");

    assertWeak(KeyType.ED25519, "ECDHE-ECDSA-AES128-SHA256", strong, widened);
  }

  private void assertWeak(KeyType key, String suite, Proxy strong, Proxy widened) throws Exception {
    show(key, suite);
    assertThat(cipher(strong)).as(suite).isEqualTo("refused");
    assertThat(cipher(widened)).isEqualTo(suite);
  }

  private ServerTls with(List<String> ciphers) {
    ServerTls now = setup.serverTls();
    return new ServerTls(now.mode(), now.ca(), Optional.empty(), ciphers);
  }

  private void show(KeyType key, String suite) {
    setup
        .postgres()
        .execute(
            "ALTER SYSTEM SET ssl_max_protocol_version = 'TLSv1.2'",
            "ALTER SYSTEM SET ssl_ciphers = '" + suite + "'");
    setup.postgres().present(setup.postgres().authority().server("weak", key, "localhost"));
  }

  private String cipher(Proxy proxy) throws IOException {
    try (ScriptedClient client = proxy.connect()) {
      proxy.login(client);
      return setup
          .postgres()
          .query(
              "SELECT cipher FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE usename = '"
                  + setup.user()
                  + "'");
    } catch (RawLogin.Refused e) {
      assertThat(e.error().field('C')).isEqualTo("08006");
      return "refused";
    }
  }
}
