package io.pgplane.hostile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgplane.testkit.Packets;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ProxyFixture;
import io.pgplane.testkit.ScriptedClient;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** TLS from the first byte on, and the protocols that ALPN offers. */
class DirectTlsIT {
  @RegisterExtension final ProxyFixture fixture = new ProxyFixture();

  static Stream<Row> rows() {
    return Stream.of(
        new Row(
            "a direct handshake with ALPN, a login",
            "Z I",
            peer -> {
              peer.client().handshake("postgresql");
              peer.login();
            }),
        new Row(
            "a direct handshake with several protocols",
            "R10 SCRAM-SHA-256-PLUS",
            peer -> {
              peer.client().handshake("http/1.1", "postgresql");
              peer.startup().until('R');
            }),
        new Row("a direct handshake without ALPN", "end", peer -> peer.client().handshake()),
        new Row(
            "SSLRequest, a handshake with ALPN, a login",
            "Z I",
            peer -> {
              peer.client().startTls("postgresql");
              peer.login();
            }));
  }

  static Stream<Row> requestsWithin() {
    return Stream.of(
        new Row(
            "a direct handshake, SSLRequest, a login",
            "answer N",
            peer -> {
              peer.client().handshake("postgresql");
              peer.send(Packets.sslRequest()).answer();
              peer.login();
            }),
        new Row(
            "a direct handshake, SSLRequest twice",
            "unsupported frontend protocol 1234.5679",
            peer -> {
              peer.client().handshake("postgresql");
              peer.send(Packets.sslRequest()).answer();
              peer.send(Packets.sslRequest());
            }),
        new Row(
            "a direct handshake, GSSENCRequest",
            "answer N",
            peer -> {
              peer.client().handshake("postgresql");
              peer.send(Packets.gssEncRequest()).answer();
            }),
        new Row(
            "a direct handshake, a cancel request",
            Row.SILENCE,
            peer -> {
              peer.client().handshake("postgresql");
              peer.send(RawPackets.untyped(80877102, new byte[8]));
            }),
        Row.of("the first byte of a handshake and garbage", "", new byte[] {0x16, 1, 2, 3, 4, 5}));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource({"rows", "requestsWithin"})
  void reactsAlike(Row row) throws Exception {
    row.check(fixture.start(Row.setup()), Transport.CLEAR);
  }

  @Test
  void choosesPostgresqlByAlpn() throws Exception {
    try (ScriptedClient client = fixture.start(Row.setup()).connect()) {
      assertThat(client.startTls("http/1.1", "postgresql").applicationProtocol())
          .isEqualTo("postgresql");
    }
  }

  @Test
  void refusesAForeignProtocolInANegotiatedHandshake() throws Exception {
    Proxy proxy = fixture.start(Row.setup());
    try (ScriptedClient client = proxy.connect()) {
      assertRefused(() -> client.startTls("http/1.1"));
    }
  }

  @Test
  void refusesAForeignProtocolInADirectHandshake() throws Exception {
    Proxy proxy = fixture.start(Row.setup());
    try (ScriptedClient client = proxy.connect()) {
      assertRefused(() -> client.handshake("http/1.1"));
    }
  }

  /** By alert 120. */
  private static void assertRefused(ThrowingCallable handshake) {
    assertThatThrownBy(handshake)
        .isInstanceOf(SSLException.class)
        .hasMessageContaining("no_application_protocol");
  }
}
