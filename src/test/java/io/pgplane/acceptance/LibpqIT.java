package io.pgplane.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.testkit.ClientTool;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ProxyFixture;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.Setup;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** psql with the libpq of PostgreSQL 18, whatever version psql itself has. */
class LibpqIT {
  @RegisterExtension final ProxyFixture fixture = new ProxyFixture();

  @Test
  void bindsTheLoginToAVerifiedChannel() {
    assertThat(run("channel_binding=require require_auth=scram-sha-256").succeeded().out())
        .isEqualTo("in\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"3.0", "3.2", "latest"})
  void logsInWithAnyNewestProtocolVersion(String version) {
    assertThat(run("max_protocol_version=" + version).succeeded().out()).isEqualTo("in\n");
  }

  @Test
  void logsInWhenNothingOlderThanProtocol32IsAllowed() {
    assertThat(run("max_protocol_version=latest min_protocol_version=3.2").succeeded().out())
        .isEqualTo("in\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"disable", "prefer", "require", "verify-ca", "verify-full"})
  void logsInWithAnySslMode(String mode) {
    assertThat(run("sslmode=" + mode).succeeded().out()).isEqualTo("in\n");
  }

  @Test
  void doesNotBindToAChannelInClear() {
    ClientTool.Result result = run("sslmode=disable channel_binding=require");

    assertThat(result.exit()).isEqualTo(2);
    assertThat(result.err()).contains("channel binding");
  }

  private ClientTool.Result run(String parameters) {
    Proxy proxy = fixture.start(Setup.on(Version.NEWEST));
    return proxy.tool("psql").libpq(Version.NEWEST).run("-XAtd", parameters, "-c", "SELECT 'in'");
  }
}
