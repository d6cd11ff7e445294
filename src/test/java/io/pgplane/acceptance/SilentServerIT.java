package io.pgplane.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.testkit.Certificates.Issued;
import io.pgplane.testkit.Certificates.KeyType;
import io.pgplane.testkit.Message;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ProxyFixture;
import io.pgplane.testkit.RealPostgres.Auth;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.ScriptedClient;
import io.pgplane.testkit.ScriptedServer;
import io.pgplane.testkit.ScriptedServerSide;
import io.pgplane.testkit.Setup;
import io.pgplane.topology.Balancing;
import io.pgplane.topology.CircuitRule;
import io.pgplane.topology.Server;
import io.pgplane.topology.ServerLogin;
import io.pgplane.topology.ServerTls.Mode;
import io.pgplane.topology.Timeout;
import io.pgplane.topology.Timeouts;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A server that asks for no login says nothing up to its ReadyForQuery: its silence may be its own
 * fault, or what the client has asked for.
 */
class SilentServerIT {
  /** The first failure that counts opens it. */
  private static final CircuitRule AT_ONCE =
      new CircuitRule(1, Duration.ofMinutes(5), Duration.ofMinutes(5));

  private static final Timeouts SHORT =
      Timeouts.DEFAULTS.with(Timeout.SERVER_LOGIN, Duration.ofSeconds(1));

  @RegisterExtension final ProxyFixture fixture = new ProxyFixture();

  private final Setup setup =
      Setup.on(Version.NEWEST)
          .login(new ServerLogin.Trust())
          .timeouts(SHORT)
          .backend(b -> b.with(AT_ONCE).with(Balancing.of(Balancing.Policy.FIRST)));

  @ParameterizedTest
  @CsvSource({
    "DISABLE, options, -c post_auth_delay=4",
    "DISABLE, post_auth_delay, 4",
    "REQUIRE, options, -c post_auth_delay=4"
  })
  void isNotBlamedForTheDelayThatTheClientAsksFor(Mode mode, String name, String value)
      throws Exception {
    setup.postgres().ask(setup.user(), Auth.TRUST);
    Proxy proxy = fixture.start(setup.serverTls(mode));

    assertThat(outcome(proxy, name, value)).isEqualTo("08006");

    assertThat(proxy.view(real()).circuit()).isEmpty();
    assertThat(outcome(proxy, "application_name", "x")).isEqualTo("logged in");
  }

  /** Seen: it cost each login 15 s, and no other server was tried. */
  @ParameterizedTest
  @CsvSource({
    "DISABLE, options, -c post_auth_delay=0",
    "DISABLE, application_name, x",
    "REQUIRE, options, -c post_auth_delay=0"
  })
  void isBlamedIfItSaysNothingToPgplaneEither(Mode mode, String name, String value)
      throws Exception {
    setup.postgres().ask(setup.user(), Auth.TRUST);
    Server sound = real();
    setup.timeouts(SHORT.with(Timeout.CONNECT, Duration.ofSeconds(1)));
    try (ScriptedServer hanging = ScriptedServer.playing(client -> begin(client, mode))) {
      Proxy proxy = fixture.start(setup.serverTls(mode).servers(hanging.address(), sound));

      assertThat(outcome(proxy, name, value)).isEqualTo("logged in");

      assertThat(proxy.view(hanging.address()).circuit()).isPresent();
    }
  }

  /** No login of the user can succeed, and none may take the server away from others. */
  @Test
  void isNotBlamedWhereItShouldHaveAskedForALogin() throws Exception {
    setup.postgres().ask(setup.user(), Auth.TRUST);
    setup
        .login(new ServerLogin.Passthrough())
        .timeouts(SHORT.with(Timeout.CONNECT, Duration.ofSeconds(2)));
    Proxy proxy = fixture.start(setup.serverTls(Mode.DISABLE));

    assertThat(outcome(proxy, "options", "-c post_auth_delay=4")).isEqualTo("08006");

    assertThat(proxy.view(real()).circuit()).isEmpty();
  }

  private void begin(ScriptedServerSide client, Mode mode) throws IOException {
    if (mode == Mode.REQUIRE) {
      Issued shown = setup.postgres().authority().server("silent", KeyType.EC_P256, "localhost");
      client.firstPacket();
      client.send(new byte[] {'S'}).startTls(shown);
    }
    client.firstPacket();
  }

  private String outcome(Proxy proxy, String name, String value) throws IOException {
    try (ScriptedClient client = proxy.connect()) {
      client.proveAs(setup.user(), setup.password(), "database", setup.database(), name, value);
      while (true) {
        Message message = client.read();
        if (message.type() == 'Z') {
          return "logged in";
        } else if (message.type() == 'E') {
          return message.field('C');
        }
      }
    }
  }

  private Server real() {
    return new Server(setup.postgres().host(), setup.postgres().port());
  }
}
