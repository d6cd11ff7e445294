package io.pgplane.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.config.ListenerTls;
import io.pgplane.testkit.ClientTool;
import io.pgplane.testkit.Packets;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ProxyFixture;
import io.pgplane.testkit.RawLogin;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.ScriptedClient;
import io.pgplane.testkit.Setup;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ListenerTlsIT {
  @RegisterExtension final ProxyFixture fixture = new ProxyFixture();

  @Test
  void refusesTlsWhenItIsOffAndGoesOnInClear() throws Exception {
    Proxy proxy = start(ListenerTls.Mode.DISABLE);
    try (ScriptedClient client = proxy.connect()) {
      client.send(Packets.gssEncRequest());
      assertThat(client.readByte()).isEqualTo('N');
      client.send(Packets.sslRequest());
      assertThat(client.readByte()).isEqualTo('N');

      RawLogin login = proxy.login(client);

      assertThat(login.mechanism()).isEqualTo("SCRAM-SHA-256");
    }
  }

  @Test
  void refusesALoginInClearWhenItRequiresTls() {
    Proxy proxy = start(ListenerTls.Mode.REQUIRE);

    ClientTool.Result clear =
        proxy.tool("psql").env("PGSSLMODE", "disable").run("-XAtc", "SELECT 1");
    ClientTool.Result tls = proxy.tool("psql").run("-XAtc", "SELECT 1");

    assertThat(clear.exit()).isEqualTo(2);
    assertThat(clear.err()).contains("FATAL:");
    assertThat(tls.succeeded().out()).isEqualTo("1\n");
  }

  @Test
  void takesTlsAfterGssEncryptionWasRefused() throws Exception {
    Proxy proxy = start(ListenerTls.Mode.ALLOW);
    try (ScriptedClient client = proxy.connect()) {
      client.send(Packets.gssEncRequest());
      assertThat(client.readByte()).isEqualTo('N');

      RawLogin login = proxy.login(client.startTls("postgresql"));

      assertThat(login.mechanism()).isEqualTo("SCRAM-SHA-256-PLUS");
    }
  }

  @Test
  void closesWhenTheClientSaysMoreBeforeTheHandshake() throws Exception {
    Proxy proxy = start(ListenerTls.Mode.ALLOW);
    try (ScriptedClient client = proxy.connect()) {
      // What comes in clear behind an SSLRequest must never count as said over TLS.
      client.send(Packets.sslRequest(), Packets.startup("user", "mallory"));

      client.drain();
    }
  }

  private Proxy start(ListenerTls.Mode mode) {
    return fixture.start(Setup.on(Version.NEWEST).listenerTls(mode));
  }
}
