package io.pgplane.attack;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.testkit.Await;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ProxyFixture;
import io.pgplane.testkit.RawLogin;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.ScriptedClient;
import io.pgplane.testkit.ScriptedServer;
import io.pgplane.testkit.Setup;
import io.pgplane.topology.Server;
import io.pgplane.topology.ServerTls;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Somebody between pgplane and a server answers that the server has no TLS. The file says nothing
 * of TLS, and the server is on another machine: its address is 0.0.0.0, by which systems reach
 * themselves.
 */
class StrippedTlsIT {
  private static final String ELSEWHERE = "0.0.0.0";
  private static final int SSL_REQUEST = 4;

  @RegisterExtension final ProxyFixture fixture = new ProxyFixture();

  private final Setup setup = Setup.on(Version.NEWEST).serverTls(ServerTls.DEFAULTS);
  private final List<Integer> packets = new CopyOnWriteArrayList<>();

  @Test
  void showsNoLoginInClear() throws Exception {
    try (ScriptedServer between = stripping()) {
      Proxy proxy = fixture.start(setup.servers(new Server(ELSEWHERE, between.address().port())));

      assertRefused(proxy);

      assertThat(packets).containsOnly(SSL_REQUEST);
    }
  }

  /** Each server has the mode of its own address, whatever others the backend has. */
  @Test
  void showsNoLoginInClearToAServerThatIsAddedLater() throws Exception {
    try (ScriptedServer between = stripping()) {
      int port = between.address().port();
      Proxy proxy = fixture.start(setup);
      assertThat(login(proxy).mechanism()).startsWith("SCRAM");
      setup.servers(new Server(ELSEWHERE, port), new Server(ELSEWHERE, port));
      Proxy.result(proxy.pgplane().reconfigure(setup.config()));

      assertRefused(proxy);

      assertThat(packets).containsOnly(SSL_REQUEST);
    }
  }

  private ScriptedServer stripping() throws Exception {
    return ScriptedServer.everywhere(
        client -> {
          packets.add(client.firstPacket().length);
          client.send("N".getBytes(US_ASCII));
          packets.add(client.firstPacket().length);
        });
  }

  private static RawLogin login(Proxy proxy) throws Exception {
    try (ScriptedClient client = proxy.connect()) {
      return proxy.login(client);
    }
  }

  private void assertRefused(Proxy proxy) throws Exception {
    try {
      login(proxy);
      throw new AssertionError("logged in");
    } catch (RawLogin.Refused e) {
      assertThat(e.error().field('C')).isEqualTo("08006");
    }
    Await.until("it has been asked for TLS", () -> !packets.isEmpty());
  }
}
