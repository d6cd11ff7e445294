package io.pgplane.acceptance;

import static io.pgplane.testkit.ServerPackets.authentication;
import static io.pgplane.testkit.ServerPackets.error;
import static io.pgplane.testkit.ServerPackets.ok;
import static io.pgplane.testkit.ServerPackets.sasl;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Named.named;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.pgplane.failure.Fault;
import io.pgplane.protocol.scram.Scram;
import io.pgplane.testkit.Certificates.KeyType;
import io.pgplane.testkit.Packets;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ProxyFixture;
import io.pgplane.testkit.RawLogin;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.ScriptedClient;
import io.pgplane.testkit.ScriptedServer;
import io.pgplane.testkit.ScriptedServer.Script;
import io.pgplane.testkit.ScriptedServerSide;
import io.pgplane.testkit.Setup;
import io.pgplane.topology.Balancing;
import io.pgplane.topology.CircuitRule;
import io.pgplane.topology.Server;
import io.pgplane.topology.ServerTls.Mode;
import io.pgplane.topology.Timeout;
import io.pgplane.topology.Timeouts;
import java.io.IOException;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * One line of each kind of failure: the first server fails so, the second one is a real PostgreSQL.
 */
class FaultIT {
  /** The first failure that counts opens it. */
  private static final CircuitRule AT_ONCE =
      new CircuitRule(1, Duration.ofMinutes(5), Duration.ofMinutes(5));

  private static final Setup SETUP = Setup.on(Version.NEWEST);

  @RegisterExtension final ProxyFixture fixture = new ProxyFixture();

  private final Setup setup =
      SETUP
          .again()
          .timeouts(
              Timeouts.DEFAULTS
                  .with(Timeout.CONNECT, Duration.ofSeconds(3))
                  .with(Timeout.LOGIN, Duration.ofSeconds(60)))
          .backend(b -> b.with(AT_ONCE).with(Balancing.of(Balancing.Policy.FIRST)));

  static Stream<Arguments> overTls() {
    return Stream.of(
        row(Fault.SERVER, "closes at the SSLRequest", client -> client.close()),
        row(Fault.SERVER, "answers the SSLRequest with E", answering("Eno fork\n\0")),
        row(Fault.SERVER, "answers the SSLRequest with N", answering("N")),
        row(Fault.SERVER, "answers the SSLRequest with garbage", answering("HTTP/1.1 400")),
        row(Fault.SERVER, "says nothing to the SSLRequest", client -> {}),
        row(Fault.SERVER, "says S and closes", client -> client.send(bytes("S")).close()),
        row(Fault.SERVER, "says S and garbage", answering("Sgarbage all along the line")),
        row(Fault.SERVER, "says S and hangs", answering("S")),
        row(Fault.SERVER, "shows another's certificate", client -> startTls(client, "other.test")),
        row(Fault.SERVER, "hangs after TLS", client -> startTls(client, "localhost")),
        row(
            Fault.SERVER,
            "closes after TLS",
            client -> {
              startTls(client, "localhost");
              client.firstPacket();
              client.close();
            }));
  }

  static Stream<Arguments> inClear() {
    return Stream.of(
        row(Fault.SERVER, "closes at the startup packet", client -> client.close()),
        row(Fault.SERVER, "resets", client -> client.reset()),
        row(Fault.SERVER, "says nothing to the startup packet", client -> {}),
        row(Fault.SERVER, "sends half a message", answering("R\0\0")),
        row(Fault.SERVER, "cannot fork", answering("Ecould not fork new process\n\0")),
        row(Fault.SERVER, "answers with garbage", answering("HTTP/1.1 400 Bad Request")),
        row(Fault.SERVER, "starts up or shuts down", refusing("57P03")),
        row(Fault.SERVER, "is shut down", refusing("57P01")),
        row(Fault.SERVER, "has crashed", refusing("57P02")),
        row(Fault.SERVER, "is out of memory", refusing("53200")),
        row(Fault.SERVER, "is out of disk", refusing("53100")),
        row(Fault.SERVER, "cannot read its files", refusing("58030")),
        row(Fault.SERVER, "has an error in its configuration files", refusing("F0000")),
        row(Fault.SERVER, "has an internal error", refusing("XX000")),
        row(
            Fault.SERVER,
            "proves another verifier",
            client ->
                client.sasl(SETUP.verifier(), first -> first, last -> "v=" + "A".repeat(43) + "=")),
        row(Fault.CONFIGURATION, "has no connection left", refusing("53300")),
        row(Fault.CONFIGURATION, "asks for no proof", client -> client.send(ok())),
        row(Fault.CONFIGURATION, "asks for Kerberos", client -> client.send(authentication(7))),
        row(Fault.CONFIGURATION, "asks for cleartext", client -> client.send(authentication(3))),
        row(Fault.CONFIGURATION, "has no SCRAM", client -> client.send(sasl("OAUTHBEARER"))),
        row(Fault.CONFIGURATION, "holds another verifier", FaultIT::holdAnotherVerifier),
        row(Fault.CLIENT, "has no rule in pg_hba.conf", refusing("28000")),
        row(Fault.CLIENT, "refuses the account", refusing("28P01")),
        row(Fault.CLIENT, "has no such database", refusing("3D000")),
        row(Fault.CLIENT, "does not permit it", refusing("42501")),
        row(Fault.CLIENT, "does not take a setting", refusing("22023")),
        row(Fault.CLIENT, "does not take the packet", refusing("08P01")));
  }

  @ParameterizedTest
  @MethodSource("overTls")
  void followsFromTheFaultOverTls(Fault fault, Script script) throws Exception {
    assertFollows(fault, script, setup.serverTls(Mode.VERIFY_FULL));
  }

  @ParameterizedTest
  @MethodSource("inClear")
  void followsFromTheFaultInClear(Fault fault, Script script) throws Exception {
    assertFollows(fault, script, setup.serverTls(Mode.DISABLE));
  }

  private void assertFollows(Fault fault, Script script, Setup of) throws Exception {
    Server sound = new Server(of.postgres().host(), of.postgres().port());
    try (ScriptedServer failing =
        ScriptedServer.playing(
            client -> {
              client.firstPacket();
              script.play(client);
            })) {
      Proxy proxy = fixture.start(of.servers(failing.address(), sound));

      assertThat(logsIn(proxy)).as("logs in at the next server").isEqualTo(fault != Fault.CLIENT);
      assertThat(proxy.view(failing.address()).circuit().isPresent())
          .as("the circuit counts it")
          .isEqualTo(fault == Fault.SERVER);
    }
  }

  /** Seen: it failed a third of all logins for ever. */
  @Test
  void aServerWithABadCertificateTakesNoLoginsFromThree() throws Exception {
    Server sound = new Server(setup.postgres().host(), setup.postgres().port());
    setup.backend(b -> b);
    try (ScriptedServer failing =
        ScriptedServer.playing(
            client -> {
              client.firstPacket();
              startTls(client, "other.test");
            })) {
      Proxy proxy =
          fixture.start(
              setup.servers(sound, failing.address(), new Server("127.0.0.1", sound.port())));

      for (int i = 0; i < 30; i++) {
        assertThat(logsIn(proxy)).as("login %s", i).isTrue();
      }
      assertThat(proxy.pgplane().fleet().view())
          .anyMatch(server -> server.circuit().orElse("").contains("TLS handshake"));
    }
  }

  private static boolean logsIn(Proxy proxy) throws IOException {
    try (ScriptedClient client = proxy.connect()) {
      proxy.login(client);
      return true;
    } catch (RawLogin.Refused refused) {
      return false;
    }
  }

  private static void holdAnotherVerifier(ScriptedServerSide client) throws IOException {
    client.send(sasl(Scram.SHA_256));
    String own = new String(client.read().body(), US_ASCII);
    String nonce = own.substring(own.indexOf(",r=") + 3);
    client.send(
        Packets.message(
            'R', ("\0\0\0\013r=" + nonce + "more,s=c2FsdA==,i=4096").getBytes(US_ASCII)));
    client.read();
  }

  private static void startTls(ScriptedServerSide client, String name) throws IOException {
    client.send(bytes("S"));
    client.startTls(SETUP.postgres().authority().server("fault_" + name, KeyType.EC_P256, name));
  }

  private static Script answering(String text) {
    return client -> client.send(bytes(text));
  }

  private static Script refusing(String sqlState) {
    return client -> client.send(error("SFATAL", "VFATAL", "C" + sqlState, "Mno")).close();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(US_ASCII);
  }

  private static Arguments row(Fault fault, String name, Script script) {
    return arguments(fault, named(name, script));
  }
}
