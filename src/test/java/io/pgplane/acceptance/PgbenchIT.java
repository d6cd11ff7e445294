package io.pgplane.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.testkit.ClientTool;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ProxyFixture;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.Setup;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class PgbenchIT {
  @RegisterExtension final ProxyFixture fixture = new ProxyFixture();

  @ParameterizedTest
  @CsvSource({
    "NEWEST, simple", "NEWEST, extended", "NEWEST, prepared",
    "OLDEST, simple", "OLDEST, extended", "OLDEST, prepared"
  })
  void runsSixteenClientsInEachProtocolMode(Version version, String mode) {
    Proxy proxy = fixture.start(Setup.on(version));
    initialize(proxy);

    ClientTool.Result result =
        proxy
            .tool("pgbench")
            .run("-n", "-S", "-M", mode, "-c", "16", "-j", "2", "-t", "200")
            .succeeded();

    assertThat(result.out()).contains("actually processed: 3200/3200");
  }

  @ParameterizedTest
  @EnumSource
  void connectsAnewForEachTransaction(Version version) {
    Proxy proxy = fixture.start(Setup.on(version));
    initialize(proxy);

    ClientTool.Result result =
        proxy.tool("pgbench").run("-n", "-S", "-C", "-c", "4", "-j", "2", "-t", "25").succeeded();

    assertThat(result.out()).contains("actually processed: 100/100");
  }

  @ParameterizedTest
  @EnumSource
  void runsTransactionsThatWriteInClear(Version version) {
    Proxy proxy = fixture.start(Setup.on(version));
    initialize(proxy);

    ClientTool.Result result =
        proxy
            .tool("pgbench")
            .env("PGSSLMODE", "disable")
            .run("-n", "-c", "4", "-j", "2", "-t", "50")
            .succeeded();

    assertThat(result.out()).contains("actually processed: 200/200");
  }

  private static void initialize(Proxy proxy) {
    proxy.tool("pgbench").run("-i", "-I", "dtgp", "-q").succeeded();
  }
}
