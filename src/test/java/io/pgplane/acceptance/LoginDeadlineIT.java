package io.pgplane.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.testkit.Packets;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ProxyFixture;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.ScriptedClient;
import io.pgplane.testkit.Setup;
import io.pgplane.topology.Server;
import io.pgplane.topology.Timeout;
import io.pgplane.topology.Timeouts;
import java.net.ServerSocket;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class LoginDeadlineIT {
  private static final Timeouts SHORT =
      Timeouts.DEFAULTS.with(Timeout.LOGIN, Duration.ofSeconds(1));

  @RegisterExtension final ProxyFixture fixture = new ProxyFixture();

  @Test
  void closesSilentlyWhenTheClientSaysNothing() throws Exception {
    Proxy proxy = fixture.start(Setup.on(Version.NEWEST).timeouts(SHORT));
    try (ScriptedClient client = proxy.connect()) {
      client.expectEnd();
    }
  }

  @Test
  void closesSilentlyWhenTheClientStopsInItsLogin() throws Exception {
    Proxy proxy = fixture.start(Setup.on(Version.NEWEST).timeouts(SHORT));
    try (ScriptedClient client = proxy.connect()) {
      client.startTls().send(Packets.startup("user", proxy.setup().user()));
      client.expect('R');

      client.expectEnd();
    }
  }

  @Test
  void closesSilentlyWhenTheServerSaysNothing() throws Exception {
    try (ServerSocket silent = new ServerSocket(0)) {
      Server server = new Server("localhost", silent.getLocalPort());
      Proxy proxy = fixture.start(Setup.on(Version.NEWEST).timeouts(SHORT).servers(server));
      try (ScriptedClient client = proxy.connect()) {
        client.prove(proxy.setup().user(), proxy.setup().password(), proxy.setup().database());
        client.expect('R');

        client.expectEnd();
      }
    }
  }

  @Test
  void leavesASessionAloneThatIsLoggedIn() throws Exception {
    Proxy proxy = fixture.start(Setup.on(Version.NEWEST).timeouts(SHORT));
    try (ScriptedClient client = proxy.connect()) {
      proxy.login(client);

      // Twice as long as the deadline of the login.
      client.send(Packets.query("SELECT pg_sleep(2)"));

      assertThat(client.readUntil('Z')).hasSize(4);
    }
  }
}
