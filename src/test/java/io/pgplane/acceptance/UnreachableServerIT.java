package io.pgplane.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ProxyFixture;
import io.pgplane.testkit.RawLogin;
import io.pgplane.testkit.RealPostgres;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.ScriptedClient;
import io.pgplane.testkit.Setup;
import io.pgplane.topology.Server;
import java.io.IOException;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class UnreachableServerIT {
  @RegisterExtension final ProxyFixture fixture = new ProxyFixture();

  @Test
  void saysSoBeforeItSaysThatTheLoginIsGood() throws Exception {
    Proxy proxy = fixture.start(Setup.on(Version.NEWEST).servers(nobody()));
    try (ScriptedClient client = proxy.connect()) {
      assertThatThrownBy(() -> proxy.login(client))
          .isInstanceOfSatisfying(
              RawLogin.Refused.class,
              refused -> {
                assertThat(refused.error().field('C')).isEqualTo("57P03");
                assertThat(refused.authenticated()).isFalse();
              });
      client.expectEnd();
    }
  }

  @Test
  void letsLibpqGoOnToItsNextHost() throws Exception {
    Proxy proxy = fixture.start(Setup.on(Version.NEWEST).servers(nobody()));
    RealPostgres postgres = proxy.setup().postgres();

    String answer =
        proxy
            .tool("psql")
            .env("PGHOST", proxy.host() + "," + postgres.host())
            .env("PGPORT", proxy.port() + "," + postgres.port())
            .run("-XAtc", "SELECT 'found'")
            .succeeded()
            .out();

    assertThat(answer).isEqualTo("found\n");
  }

  @Test
  void triesTheNextServerOfTheBackendItself() throws Exception {
    Setup setup = Setup.on(Version.NEWEST);
    Server good = new Server(setup.postgres().host(), setup.postgres().port());
    Proxy proxy = fixture.start(setup.servers(nobody(), good));

    assertThat(proxy.tool("psql").run("-XAtc", "SELECT 1").succeeded().out()).isEqualTo("1\n");
  }

  /** A port that was free a moment ago. */
  private static Server nobody() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return new Server("localhost", socket.getLocalPort());
    }
  }
}
