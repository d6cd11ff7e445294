package io.pgplane.acceptance;

import static io.pgplane.testkit.ServerPackets.authentication;
import static io.pgplane.testkit.ServerPackets.error;
import static io.pgplane.testkit.ServerPackets.header;
import static io.pgplane.testkit.ServerPackets.notice;
import static io.pgplane.testkit.ServerPackets.ok;
import static io.pgplane.testkit.ServerPackets.ready;
import static io.pgplane.testkit.ServerPackets.sasl;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Named.named;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import ch.qos.logback.classic.Level;
import io.pgplane.testkit.HostileLeg;
import io.pgplane.testkit.Packets;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.RawLogin;
import io.pgplane.testkit.ScriptedServer.Script;
import io.pgplane.topology.ServerAuth;
import io.pgplane.topology.ServerLogin;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A server that answers the startup packet with what PostgreSQL would not. */
class HostileServerLoginIT {
  private static final ServerAuth MD5 =
      new ServerAuth(Set.of(ServerAuth.Method.MD5), ServerAuth.ChannelBinding.PREFER);
  private static final String UNKNOWN = "requested an unknown authentication type";
  private static final String NOT_COMPLETE = "server did not complete authentication";

  @RegisterExtension final HostileLeg leg = new HostileLeg();

  static Stream<Arguments> broken() {
    return Stream.of(
        answer("a length of 0", "of type R with length -4", header('R', 0)),
        answer("a length of 3", "of type E with length -1", header('E', 3)),
        answer("a length of -1", "of type R with length -5", header('R', -1)),
        answer("a length of 2^31-1", "of type N with length 2147483643", header('N', 0x7fffffff)),
        answer("a length of -2^31", "of type R with length", header('R', 0x80000000)),
        answer("an R without a code", "of type R with length 2", header('R', 6)),
        answer("an unknown type", "got message type 120", header('x', 4)),
        answer("type 0", "got message type 0", new byte[5]),
        answer("ReadyForQuery", "got message type 90", ready()),
        answer("an HTTP answer", "got message type 72", "HTTP/1.1 400\r\n\r\n".getBytes(US_ASCII)));
  }

  static Stream<Arguments> requests() {
    return Stream.of(
        answer("AuthenticationKerberosV5", UNKNOWN, authentication(2)),
        answer(
            "AuthenticationCleartextPassword", "requested a cleartext password", authentication(3)),
        answer("AuthenticationCryptPassword", UNKNOWN, authentication(4)),
        answer(
            "AuthenticationMD5Password",
            "requested a hashed password",
            authentication(5, new byte[4])),
        answer("AuthenticationSCMCredential", UNKNOWN, authentication(6)),
        answer("AuthenticationGSS", "requested GSSAPI", authentication(7)),
        answer("AuthenticationSSPI", "requested SSPI", authentication(9)),
        answer("an unknown method", UNKNOWN, authentication(4711)),
        answer("AuthenticationOk at once", NOT_COMPLETE, ok()),
        answer("AuthenticationOk and all", NOT_COMPLETE, ok(), ready()),
        answer("SASLContinue at once", "out of turn", authentication(11)),
        answer("SASLFinal at once", "could not prove", authentication(12)),
        answer("SASL with PLUS only", "over a non-SSL connection", sasl("SCRAM-SHA-256-PLUS")),
        answer("SASL with OAUTHBEARER only", "no SCRAM-SHA-256", sasl("OAUTHBEARER")),
        answer("SASL with nothing", "no SASL mechanism", sasl()),
        answer(
            "an unterminated list",
            "invalid string",
            authentication(10, "SCRAM-SHA-256".getBytes(US_ASCII))),
        answer(
            "SASL twice", "second authentication", sasl("SCRAM-SHA-256"), sasl("SCRAM-SHA-256")));
  }

  static Stream<Arguments> errors() {
    return Stream.of(
        answer("an ErrorResponse without fields", "of type E with length 1", error()),
        answer(
            "an empty ErrorResponse", "of type E with length 0", Packets.message('E', new byte[0])),
        answer("an ErrorResponse without SQLSTATE", "no SQLSTATE why", error("SFATAL", "Mwhy")),
        answer("a SQLSTATE of 2", "malformed", error("SFATAL", "C28", "Mwhy")),
        answer("an ErrorResponse without text", "no text", error("SFATAL", "C28000")),
        answer(
            "an ErrorResponse without end",
            "malformed",
            Packets.message('E', Packets.strings("SFATAL", "C28000", "Mwhy"))),
        answer(
            "an ErrorResponse cut off",
            "malformed",
            Packets.message('E', "SFATAL\0C28000\0Mwhy".getBytes(US_ASCII))),
        answer(
            "an ErrorResponse with more behind",
            "malformed",
            Packets.message('E', "SFATAL\0C28000\0Mwhy\0\0more".getBytes(US_ASCII))),
        answer(
            "an ErrorResponse of 40 kB",
            "of type E with length",
            error("SFATAL", "C28000", "M" + "a".repeat(40_000))));
  }

  @ParameterizedTest
  @MethodSource({"broken", "requests", "errors"})
  void isNotLoggedInTo(Script script, String log) throws Exception {
    Proxy proxy = leg.against(script);

    RawLogin.Refused refused = leg.assertRefused(proxy, "08006");

    assertThat(refused.error().field('M')).isEqualTo("the login at the database server failed");
    leg.assertOneWarning(log);
  }

  @ParameterizedTest
  @MethodSource("endings")
  void isNotThereWhenItClosesInstead(Script script, String log) throws Exception {
    Proxy proxy = leg.against(script);

    leg.assertRefused(proxy, "57P03");

    leg.assertOneWarning(log);
  }

  static Stream<Arguments> endings() {
    String closed = "server closed the connection";
    return Stream.of(
        script("FIN before the startup packet", closed, client -> client.close()),
        script(
            "FIN after the startup packet",
            closed,
            client -> {
              client.firstPacket();
              client.close();
            }),
        script(
            "FIN in a message",
            closed,
            client -> {
              client.firstPacket();
              client.send(header('R', 23)).close();
            }),
        script(
            "RST after the startup packet",
            "server c",
            client -> {
              client.firstPacket();
              client.reset();
            }));
  }

  @Test
  void isLeftWhenItTalksOnWithoutEnd() throws Exception {
    Proxy proxy =
        leg.against(
            client -> {
              client.firstPacket();
              while (true) {
                client.send(notice());
              }
            });

    leg.assertRefused(proxy, "08006");

    leg.assertOneWarning("without coming to an end");
  }

  @Test
  void isLeftWhenItSaysNothingVeryOften() throws Exception {
    byte[] empty = Packets.message('N', new byte[4]);
    byte[][] many = new byte[20_000][];
    Arrays.fill(many, empty);
    Proxy proxy =
        leg.against(
            client -> {
              client.firstPacket();
              client.send(many);
            });

    leg.assertRefused(proxy, "08006");

    leg.assertOneWarning("without coming to an end");
  }

  @Test
  void getsNoPasswordForASaltThatIsNone() throws Exception {
    leg.setup().login(new ServerLogin.Password("service", "secret")).serverAuth(MD5);
    Proxy proxy =
        leg.against(
            client -> {
              client.firstPacket();
              client.send(authentication(5, new byte[1000]));
            });

    leg.assertRefused(proxy, "08006");

    leg.assertOneWarning("a salt of 1000 bytes");
  }

  @Test
  void getsNoSecondAnswer() throws Exception {
    leg.setup().login(new ServerLogin.Password("service", "secret")).serverAuth(MD5);
    Proxy proxy =
        leg.against(
            client -> {
              client.firstPacket();
              client.send(authentication(5, new byte[4]));
              client.read();
              client.send(authentication(5, new byte[] {1, 2, 3, 4}));
            });

    leg.assertRefused(proxy, "08006");

    leg.assertOneWarning("asks for a second authentication");
  }

  @Test
  void mayRefuseInItsOwnWords() throws Exception {
    Proxy proxy =
        leg.against(
            client -> {
              client.firstPacket();
              client.send(notice(), error("SFATAL", "C53300", "Mtoo many", "Dreally"));
            });

    RawLogin.Refused refused = leg.assertRefused(proxy, "53300");

    assertThat(refused.error().field('D')).isEqualTo("really");
    assertThat(leg.log().lines(Level.INFO)).anyMatch(line -> line.contains("53300 too many"));
  }

  private static Arguments answer(String name, String log, byte[]... packets) {
    return script(
        name,
        log,
        client -> {
          client.firstPacket();
          client.send(packets);
        });
  }

  private static Arguments script(String name, String log, Script script) {
    return arguments(named(name, script), log);
  }
}
