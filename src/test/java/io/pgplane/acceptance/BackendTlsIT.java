package io.pgplane.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.testkit.Certificates.Issued;
import io.pgplane.testkit.Certificates.KeyType;
import io.pgplane.testkit.ClientTool;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ProxyFixture;
import io.pgplane.testkit.RealPostgres;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.Setup;
import io.pgplane.topology.ServerTls;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The modes mean what libpq's {@code sslmode} means. */
class BackendTlsIT {
  private static final String OVER_TLS = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";

  @RegisterExtension final ProxyFixture fixture = new ProxyFixture();

  private final RealPostgres postgres = RealPostgres.shared(Version.NEWEST);
  private boolean changed;

  @AfterEach
  void restoreTls() {
    if (changed) {
      postgres.restoreTls();
    }
  }

  @ParameterizedTest
  @EnumSource
  void encryptsInEveryModeButDisable(ServerTls.Mode mode) {
    Proxy proxy = fixture.start(Setup.on(postgres).serverTls(mode));

    String expected = mode == ServerTls.Mode.DISABLE ? "f" : "t";
    assertThat(psql(proxy).succeeded().out().strip()).isEqualTo(expected);
  }

  @ParameterizedTest
  @EnumSource(names = {"DISABLE", "PREFER"})
  void makesDoWithoutTlsWhenItMay(ServerTls.Mode mode) {
    refuseTls();
    Proxy proxy = fixture.start(Setup.on(postgres).serverTls(mode));

    assertThat(psql(proxy).succeeded().out().strip()).isEqualTo("f");
  }

  @ParameterizedTest
  @EnumSource(names = {"REQUIRE", "VERIFY_CA", "VERIFY_FULL"})
  void refusesAServerWithoutTlsWhenItMust(ServerTls.Mode mode) {
    refuseTls();

    assertFails(fixture.start(Setup.on(postgres).serverTls(mode)));
  }

  @ParameterizedTest
  @EnumSource(names = {"PREFER", "REQUIRE", "VERIFY_CA"})
  void takesACertificateForAnotherName(ServerTls.Mode mode) {
    present(KeyType.EC_P256, "another.example");
    Proxy proxy = fixture.start(Setup.on(postgres).serverTls(mode));

    assertThat(psql(proxy).succeeded().out().strip()).isEqualTo("t");
  }

  @Test
  void refusesACertificateForAnotherNameWhenItVerifiesAll() {
    present(KeyType.EC_P256, "another.example");

    assertFails(fixture.start(Setup.on(postgres).serverTls(ServerTls.Mode.VERIFY_FULL)));
  }

  @Test
  void verifiesAnRsaCertificate() {
    present(KeyType.RSA_2048, "localhost");
    Proxy proxy = fixture.start(Setup.on(postgres).serverTls(ServerTls.Mode.VERIFY_FULL));

    assertThat(psql(proxy).succeeded().out().strip()).isEqualTo("t");
  }

  private void refuseTls() {
    changed = true;
    postgres.refuseTls();
  }

  private void present(KeyType type, String name) {
    changed = true;
    Issued shown = postgres.authority().server("other", type, name);
    postgres.present(shown);
  }

  private static ClientTool.Result psql(Proxy proxy) {
    return proxy.tool("psql").run("-XAtc", OVER_TLS);
  }

  private static void assertFails(Proxy proxy) {
    ClientTool.Result result = psql(proxy);

    assertThat(result.exit()).isEqualTo(2);
    assertThat(result.err()).contains("FATAL:  the login at the database server failed");
  }
}
