package io.pgplane.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.testkit.Message;
import io.pgplane.testkit.Packets;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ProxyFixture;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.ScriptedClient;
import io.pgplane.testkit.ScriptedServer;
import io.pgplane.testkit.ServerPackets;
import io.pgplane.testkit.Setup;
import io.pgplane.topology.CircuitRule;
import io.pgplane.topology.Server;
import io.pgplane.topology.ServerTls.Mode;
import io.pgplane.topology.Timeout;
import io.pgplane.topology.Timeouts;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.function.UnaryOperator;
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
  void tellsAnAuthenticatedClientWhoseServerSaysNothing() throws Exception {
    try (ServerSocket silent = new ServerSocket(0)) {
      Server server = new Server("localhost", silent.getLocalPort());
      Proxy proxy = fixture.start(Setup.on(Version.NEWEST).timeouts(SHORT).servers(server));
      try (ScriptedClient client = proxy.connect()) {
        client.prove(proxy.setup().user(), proxy.setup().password(), proxy.setup().database());
        client.expect('R');

        assertThat(client.expect('E').field('C')).isEqualTo("57P03");
        client.expectEnd();
      }
    }
  }

  @Test
  void tellsAnAuthenticatedClientWhoseServerIsNotReady() throws Exception {
    Proxy proxy = fixture.start(Setup.on(Version.NEWEST).timeouts(SHORT));
    Setup setup = proxy.setup();
    try (ScriptedClient client = proxy.connect()) {
      proveAndAskForADelay(client, setup);

      assertThat(client.expect('E').field('C')).isEqualTo("57P03");
      client.expectEnd();
    }
  }

  /** A client that asks for a delay must not take an inner pgplane away from an outer one. */
  @Test
  void isNotBlamedOnAPgplaneThatTellsItToAnother() throws Exception {
    Setup setup = Setup.on(Version.NEWEST).serverTls(Mode.REQUIRE);
    Proxy inner = fixture.start(setup.timeouts(SHORT));
    Setup outside =
        setup
            .again()
            .serverTls(Mode.REQUIRE)
            .serverCa(setup.postgres().authority().ca())
            .servers(new Server("localhost", inner.port()))
            .backend(b -> b.with(new CircuitRule(1, Duration.ofDays(1), Duration.ofDays(1))));
    Proxy outer = fixture.start(outside);
    try (ScriptedClient client = outer.connect()) {
      proveAndAskForADelay(client, setup);

      assertThat(client.expect('E').field('M'))
          .isEqualTo("the database server did not answer within the login timeout");
      client.expectEnd();
    }
    assertThat(outer.pgplane().fleet().view().get(0).circuit()).isEmpty();
  }

  @Test
  void tellsAClientWhoseServerLetsItInAndIsNotReady() throws Exception {
    Setup setup = Setup.on(Version.NEWEST).timeouts(SHORT).serverTls(Mode.DISABLE);
    try (ScriptedServer letsIn =
        ScriptedServer.playing(
            server -> {
              server.sasl(setup.verifier()).send(ServerPackets.ok());
              server.read();
            })) {
      Proxy proxy = fixture.start(setup.servers(letsIn.address()));
      try (ScriptedClient client = proxy.connect()) {
        client.prove(setup.user(), setup.password(), setup.database());
        client.expect('R');
        client.expect('R');

        assertThat(client.expect('E').field('M'))
            .isEqualTo("the session did not become ready within the login timeout");
        client.expectEnd();
      }
    }
  }

  @Test
  void tellsAnAuthenticatedClientThatWaitsForAConnection() throws Exception {
    Setup setup =
        Setup.on(Version.NEWEST)
            .timeouts(SHORT)
            .bounded(UnaryOperator.identity(), route -> route.bounded(1, Timeouts.DEFAULTS));
    Proxy proxy = fixture.start(setup);
    try (ScriptedClient first = proxy.connect();
        ScriptedClient second = proxy.connect()) {
      proxy.login(first);
      second.prove(setup.user(), setup.password(), setup.database()).expect('R');

      Message error = second.expect('E');

      assertThat(error.field('C')).isEqualTo("53300");
      assertThat(error.field('M')).isEqualTo("no connection became free within the login timeout");
      second.expectEnd();
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

  private static void proveAndAskForADelay(ScriptedClient client, Setup setup) throws IOException {
    client
        .proveAs(
            setup.user(),
            setup.password(),
            "database",
            setup.database(),
            "options",
            "-c post_auth_delay=3")
        .expect('R');
  }
}
