package io.pgplane.acceptance;

import static io.pgplane.testkit.ServerPackets.authentication;
import static io.pgplane.testkit.ServerPackets.backendKeyData;
import static io.pgplane.testkit.ServerPackets.error;
import static io.pgplane.testkit.ServerPackets.header;
import static io.pgplane.testkit.ServerPackets.ok;
import static io.pgplane.testkit.ServerPackets.parameterStatus;
import static io.pgplane.testkit.ServerPackets.ready;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Named.named;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import ch.qos.logback.classic.Level;
import io.pgplane.testkit.Await;
import io.pgplane.testkit.HostileLeg;
import io.pgplane.testkit.Packets;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.RawLogin;
import io.pgplane.testkit.ScriptedClient;
import io.pgplane.testkit.ScriptedServer.Script;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A server that has said AuthenticationOk, and then not what belongs behind it. */
class HostileServerWelcomeIT {
  private static final byte[] STATUS = parameterStatus("server_version", "18.6");

  // What was sent just before a RST may be lost with it.
  private static final Script RST_LATER =
      client -> {
        client.trickle(Duration.ofMillis(50), new byte[] {'S', 0});
        client.reset();
      };

  @RegisterExtension final HostileLeg leg = new HostileLeg();

  static Stream<Arguments> welcomes() {
    return Stream.of(
        says("a length of 0", "type 83 and 1 bytes", header('S', 0)),
        says("a length of 3", "type 78 and 4 bytes", header('N', 3)),
        says("a length of -1", "type 83 and 0 bytes", header('S', -1)),
        says("a length of 2^31-1", "type 83 and -2147483648 bytes", header('S', 0x7fffffff)),
        says("a length of 65 kB", "type 69 and 65537 bytes", header('E', 65_536)),
        says("an unknown type", "type 120", Packets.message('x', new byte[0])),
        says("DataRow", "type 68", Packets.message('D', new byte[2])),
        says("a wish for the password", "type 82", authentication(3)),
        says("AuthenticationOk again", "type 82", ok()),
        says("NegotiateProtocolVersion", "type 118", Packets.message('v', new byte[8])),
        says("two keys", "type 75", backendKeyData(4), backendKeyData(4)),
        says("a key of no byte", "type 75 and 9 bytes", backendKeyData(0)),
        says("a key of 257 bytes", "type 75 and 266 bytes", backendKeyData(257)),
        says("a key of 300 bytes", "type 75 and 309 bytes", backendKeyData(300)),
        says("no process id", "type 75 and 8 bytes", Packets.message('K', new byte[3])),
        says("ReadyForQuery without status", "type 90 and 5", Packets.message('Z', new byte[0])),
        arguments(
            named("FIN", (Script) client -> client.send(STATUS).close()),
            "server closed the connection before its ReadyForQuery"),
        arguments(
            named("FIN in a message", (Script) client -> client.send(header('S', 9)).close()),
            "server closed the connection before its ReadyForQuery"),
        arguments(named("RST", RST_LATER), "server connection failed"));
  }

  @ParameterizedTest
  @MethodSource("welcomes")
  void endsTheSession(Script welcome, String log) throws Exception {
    Proxy proxy = leg.against(afterLogin(welcome));

    RawLogin.Refused refused = leg.assertRefused(proxy, "08006");

    assertThat(refused.authenticated()).isTrue();
    leg.assertOneWarning(log);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 4, 256})
  void mayHaveAKeyOfAnyLengthOfTheProtocol(int length) throws Exception {
    Proxy proxy = leg.against(afterLogin(client -> client.send(backendKeyData(length), ready())));
    try (ScriptedClient client = proxy.connect()) {
      RawLogin login = proxy.login(client);

      assertThat(login.key().pid()).isEqualTo(4711);
      assertThat(login.key().secret()).hasSize(4).isNotEqualTo(new byte[length]);
      assertThat(proxy.pgplane().cancelKeys()).isOne();
    }
  }

  @Test
  void mayHaveNoKey() throws Exception {
    Proxy proxy = leg.against(afterLogin(client -> client.send(STATUS, ready())));
    try (ScriptedClient client = proxy.connect()) {
      RawLogin login = proxy.login(client);

      assertThat(login.key().secret()).isEmpty();
      assertThat(login.parameters()).containsEntry("server_version", "18.6");
      assertThat(proxy.pgplane().cancelKeys()).isZero();
    }
  }

  @Test
  void mayRefuseInItsOwnWords() throws Exception {
    Proxy proxy =
        leg.against(
            afterLogin(
                client -> client.send(error("SFATAL", "C3D000", "Mno such database")).close()));

    leg.assertRefused(proxy, "3D000");

    assertThat(leg.log().lines(Level.WARN)).isEmpty();
  }

  @Test
  void passesWhatItSaysAfterTheLoginAsItIs() throws Exception {
    byte[] nonsense = {'x', 0, 0, 0, 3, 'y', -1, -1, -1, -1};
    Proxy proxy =
        leg.against(
            afterLogin(
                client -> {
                  client.send(ready(), nonsense);
                  client.read();
                  client.close();
                }));
    try (ScriptedClient client = proxy.connect()) {
      proxy.login(client);

      for (byte expected : nonsense) {
        assertThat((byte) client.readByte()).isEqualTo(expected);
      }
      client.send(Packets.query("SELECT 1"));
      client.expectEnd();
    }
    Await.until("the session is gone", () -> proxy.pgplane().sessions() == 0);
  }

  private Script afterLogin(Script welcome) {
    return client -> {
      client.sasl(leg.setup().verifier()).send(ok());
      welcome.play(client);
    };
  }

  private static Arguments says(String name, String log, byte[]... packets) {
    Script script = client -> client.send(STATUS).send(packets);
    return arguments(named(name, script), log);
  }
}
