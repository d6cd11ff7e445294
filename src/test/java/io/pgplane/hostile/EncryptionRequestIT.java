package io.pgplane.hostile;

import static io.pgplane.hostile.RawPackets.int32;
import static io.pgplane.hostile.RawPackets.join;
import static io.pgplane.testkit.Packets.gssEncRequest;
import static io.pgplane.testkit.Packets.sslRequest;

import io.pgplane.testkit.Packets;
import io.pgplane.testkit.ProxyFixture;
import io.pgplane.testkit.ScriptedClient;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** SSLRequest and GSSENCRequest in every order, and what must not come with them. */
class EncryptionRequestIT {
  private static final byte[] STARTUP = Packets.startup("user", "nobody");
  private static final String FORBIDDEN_SSL = "Munsupported frontend protocol 1234.5679";
  private static final String FORBIDDEN_GSS = "Munsupported frontend protocol 1234.5680";
  private static final String TAMPERED = "Mreceived unencrypted data after GSSAPI encryption";

  @RegisterExtension final ProxyFixture fixture = new ProxyFixture();

  static Stream<Row> inClear() {
    return Stream.of(
        asking("GSSENC, then a startup packet", "R10", gssEncRequest(), STARTUP),
        asking("GSSENC twice", FORBIDDEN_GSS, gssEncRequest(), gssEncRequest()),
        tampered("GSSENC and a startup packet in one", gssEncRequest(), STARTUP),
        tampered("GSSENC and one byte in one", gssEncRequest(), new byte[1]),
        tampered("GSSENC and SSL in one", gssEncRequest(), sslRequest()),
        asking("GSSENC with a tail", "answer N", join(int32(9), int32(80877104), new byte[1])),
        new Row(
            "GSSENC, SSL, handshake, login",
            "Z I",
            peer -> {
              peer.send(gssEncRequest()).answer();
              peer.client().startTls();
              peer.login();
            }),
        new Row(
            "SSL with a tail, handshake",
            "R10",
            peer -> {
              peer.send(join(int32(9), int32(80877103), new byte[1])).answer();
              peer.client().handshake();
              peer.startup().until('R');
            }));
  }

  static Stream<Row> overTls() {
    return Stream.of(
        Row.of("SSL within TLS", FORBIDDEN_SSL, sslRequest()),
        Row.of("GSSENC within TLS", FORBIDDEN_GSS, gssEncRequest()),
        Row.of("GSSENC and a startup packet within TLS", FORBIDDEN_GSS, gssEncRequest(), STARTUP));
  }

  static Stream<Row> garbageForAHandshake() {
    return Stream.of(
        garbage("SSL and a startup packet in one", sslRequest(), STARTUP),
        garbage("SSL and one byte in one", sslRequest(), new byte[1]),
        garbage("SSL and a byte of TLS in one", sslRequest(), new byte[] {0x16}),
        garbage("SSL twice in one", sslRequest(), sslRequest()),
        new Row(
            "SSL, then a startup packet",
            "answer S",
            peer -> {
              peer.send(sslRequest()).answer();
              peer.send(STARTUP);
            }),
        new Row(
            "SSL, then SSL",
            "answer S",
            peer -> {
              peer.send(sslRequest()).answer();
              peer.send(sslRequest());
            }),
        new Row("SSL, then nothing", "answer S", peer -> peer.send(sslRequest()).answer()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource({"inClear", "garbageForAHandshake"})
  void reactsAlikeInClear(Row row) throws Exception {
    row.check(fixture.start(Row.setup()), Transport.CLEAR);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("overTls")
  void reactsAlikeOverTls(Row row) throws Exception {
    row.check(fixture.start(Row.setup()), Transport.TLS);
  }

  @Test
  void closesWhenTheClientClosesTlsBeforeItSaysAnything() throws Exception {
    try (ScriptedClient client = fixture.start(Row.setup()).connect()) {
      client.startTls();

      client.shutdownOutput();

      client.expectEnd();
    }
  }

  private static Row asking(String sent, String reaction, byte[] request, byte[]... then) {
    return new Row(
        sent,
        reaction,
        peer -> {
          peer.send(request).answer();
          for (byte[] packet : then) {
            peer.send(packet);
          }
          if (then.length > 0) {
            peer.message();
          }
        });
  }

  private static Row tampered(String sent, byte[]... packets) {
    return new Row(
        sent,
        TAMPERED,
        peer -> {
          peer.send(packets).answer();
          peer.toEnd();
        });
  }

  private static Row garbage(String sent, byte[]... packets) {
    return new Row(
        sent,
        "answer S",
        peer -> {
          peer.send(packets).answer();
          peer.shutdownOutput();
          peer.toEnd();
        });
  }
}
