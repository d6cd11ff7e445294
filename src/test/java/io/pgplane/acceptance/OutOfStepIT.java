package io.pgplane.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.protocol.scram.Scram;
import io.pgplane.testkit.ClientTool;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ProxyFixture;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.Setup;
import java.security.SecureRandom;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The user did all right, so "password authentication failed" would send them the wrong way. */
class OutOfStepIT {
  @RegisterExtension final ProxyFixture fixture = new ProxyFixture();

  @ParameterizedTest
  @CsvSource({"NEWEST, 4096", "NEWEST, 8192", "OLDEST, 4096", "OLDEST, 8192"})
  void saysThatTheServerHoldsAnotherVerifier(Version version, int iterations) {
    Setup setup = Setup.on(version);
    String other =
        Scram.verifierOf(setup.password().toCharArray(), iterations, new SecureRandom()).text();
    setup.postgres().execute("ALTER ROLE " + setup.user() + " PASSWORD '" + other + "'");
    Proxy proxy = fixture.start(setup);

    ClientTool.Result result =
        proxy.tool("psql").run("-XAtc", "SELECT 1", "-v", "VERBOSITY=verbose");

    assertThat(result.err())
        .contains("another password verifier")
        .contains(setup.user())
        .doesNotContain("password authentication failed");
  }
}
