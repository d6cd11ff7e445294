package io.pgplane.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.testkit.Await;
import io.pgplane.testkit.ClientTool;
import io.pgplane.testkit.FreePort;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ProxyFixture;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.ScriptedClient;
import io.pgplane.testkit.Setup;
import io.pgplane.topology.ProxyProtocol;
import io.pgplane.topology.Server;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.Locale;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** HAProxy before pgplane and HAProxy behind it, each with PROXY headers. */
class HaproxyIT {
  @RegisterExtension final ProxyFixture fixture = new ProxyFixture();
  @TempDir private Path directory;

  @ParameterizedTest
  @CsvSource({
    "send-proxy, V1",
    "send-proxy-v2, V2",
    "send-proxy-v2 proxy-v2-options crc32c, V2",
    "send-proxy-v2-ssl-cn proxy-v2-options crc32c, V2"
  })
  void understandsPgplaneAndIsUnderstood(String before, ProxyProtocol behind) throws Exception {
    ClientTool haproxy = ClientTool.require("haproxy", "haproxy");
    int outer = FreePort.next();
    int inner = FreePort.next();
    Setup setup = Setup.on(Version.NEWEST).trustedProxies("127.0.0.1");
    Server postgres = new Server(setup.postgres().host(), setup.postgres().port());
    Proxy proxy =
        fixture.start(setup.servers(new Server("localhost", inner)).proxyProtocol(behind));
    Path configuration = directory.resolve("haproxy.cfg");
    Files.writeString(
        configuration,
        "defaults\n  mode tcp\n  timeout connect 5s\n  timeout client 60s\n  timeout server 60s\n"
            + section("outer", outer, "", "127.0.0.1:" + proxy.port() + " " + before)
            + section("inner", inner, " accept-proxy", postgres.toString()));
    Process process =
        haproxy.start(directory.resolve("log"), "-db", "-f", configuration.toString());
    try {
      Await.until("haproxy listens", () -> answers(outer));

      try (Connection connection = proxy.jdbc(outer, new Properties())) {
        assertThat(connection.isValid(10)).isTrue();
      }
    } finally {
      process.destroy();
      assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  private static String section(String name, int port, String options, String server) {
    return String.format(
        Locale.ROOT,
        "listen %s\n  bind 127.0.0.1:%d%s\n  server s %s\n",
        name,
        port,
        options,
        server);
  }

  private static boolean answers(int port) throws IOException {
    ScriptedClient.connect("127.0.0.1", port).close();
    return true;
  }
}
