package io.pgplane.acceptance;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Named.named;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.pgplane.testkit.Certificates;
import io.pgplane.testkit.Certificates.Issued;
import io.pgplane.testkit.Certificates.KeyType;
import io.pgplane.testkit.HostileLeg;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.RawLogin;
import io.pgplane.testkit.ScriptedServer.Script;
import io.pgplane.testkit.ServerPackets;
import io.pgplane.topology.ServerTls.Mode;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A server, or somebody before it, that answers the SSLRequest with what libpq would not take. */
class HostileServerTlsIT {
  private static final byte[] OLD_ERROR =
      "EYour password has expired: type it\n\0".getBytes(US_ASCII);

  @RegisterExtension final HostileLeg leg = new HostileLeg();

  static Stream<Arguments> answers() {
    return Stream.of(
        answer("an error", "answered an SSLRequest with byte 69", OLD_ERROR),
        answer(
            "an ErrorResponse",
            "answered an SSLRequest with byte 69",
            ServerPackets.error("SFATAL", "C28P01", "Mtype your password")),
        answer("G", "answered an SSLRequest with byte 71", new byte[] {'G'}),
        answer("0", "answered an SSLRequest with byte 0", new byte[1]),
        answer("N", "has no TLS, and the backend requires it", new byte[] {'N'}),
        answer("S and clear bytes", "sent clear text", new byte[] {'S', 'R', 0, 0, 0, 8}),
        answer("S and garbage later", "TLS handshake", new byte[] {'S'}, new byte[100]),
        arguments(
            named(
                "S and FIN",
                (Script)
                    client -> {
                      client.firstPacket();
                      client.send(new byte[] {'S'}).close();
                    }),
            "TLS handshake"));
  }

  @ParameterizedTest
  @MethodSource("answers")
  void isNotTrusted(Script script, String log) throws Exception {
    leg.setup().serverTls(Mode.REQUIRE);
    Proxy proxy = leg.against(script);

    RawLogin.Refused refused = leg.assertRefused(proxy, "08006");

    assertThat(refused.error().field('M')).isEqualTo("the login at the database server failed");
    leg.assertOneWarning(log);
  }

  @Test
  void isNotThereWhenItClosesInstead() throws Exception {
    leg.setup().serverTls(Mode.REQUIRE);
    Proxy proxy =
        leg.against(
            client -> {
              client.firstPacket();
              client.close();
            });

    leg.assertRefused(proxy, "57P03");

    leg.assertOneWarning("server closed the connection");
  }

  @ParameterizedTest
  @EnumSource(names = {"VERIFY_CA", "VERIFY_FULL"})
  void isNotTrustedWithACertificateOfAnotherAuthority(Mode mode, @TempDir Path directory)
      throws Exception {
    Issued foreign =
        Certificates.in(directory).server("foreign", KeyType.EC_P256, "localhost", "127.0.0.1");

    assertHandshakeFails(mode, foreign);
  }

  @Test
  void isNotTrustedWithACertificateForAnotherName() throws Exception {
    Issued other =
        leg.setup().postgres().authority().server("other", KeyType.EC_P256, "another.example");

    assertHandshakeFails(Mode.VERIFY_FULL, other);
  }

  private void assertHandshakeFails(Mode mode, Issued shown) throws Exception {
    leg.setup().serverTls(mode);
    Proxy proxy =
        leg.against(
            client -> {
              client.firstPacket();
              client.send(new byte[] {'S'});
              client.startTls(shown).sasl(leg.setup().verifier());
            });

    leg.assertRefused(proxy, "08006");

    leg.assertOneWarning("TLS handshake");
  }

  private static Arguments answer(String name, String log, byte[]... parts) {
    Script script =
        client -> {
          client.firstPacket();
          for (byte[] part : parts) {
            client.send(part);
          }
        };
    return arguments(named(name, script), log);
  }
}
