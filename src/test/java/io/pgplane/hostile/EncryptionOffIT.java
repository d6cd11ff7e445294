package io.pgplane.hostile;

import static io.pgplane.testkit.Packets.gssEncRequest;
import static io.pgplane.testkit.Packets.sslRequest;

import io.pgplane.config.ListenerTls;
import io.pgplane.testkit.Packets;
import io.pgplane.testkit.ProxyFixture;
import io.pgplane.testkit.RealPostgres;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.Setup;
import io.pgplane.topology.ServerTls;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The orders in which encryption may be asked for where none is to be had. */
class EncryptionOffIT {
  private static final byte[] STARTUP = Packets.startup("user", "nobody");
  private static final String FORBIDDEN_SSL = "Munsupported frontend protocol 1234.5679";
  private static final String TAMPERED = "Mreceived unencrypted data after ";

  private static @Nullable RealPostgres postgres;

  @RegisterExtension final ProxyFixture fixture = new ProxyFixture();

  @BeforeAll
  static void startAServerWithoutTls() {
    RealPostgres started = RealPostgres.start(Version.NEWEST);
    postgres = started;
    started.refuseTls();
  }

  @AfterAll
  static void stopTheServer() {
    Objects.requireNonNull(postgres).close();
  }

  static Stream<Row> rows() {
    return Stream.of(
        asking("SSL, then a startup packet", "R10", sslRequest()),
        asking("SSL, GSSENC", "R10", sslRequest(), gssEncRequest()),
        asking("GSSENC, SSL", "R10", gssEncRequest(), sslRequest()),
        new Row(
            "SSL twice",
            FORBIDDEN_SSL,
            peer -> {
              peer.send(sslRequest()).answer();
              peer.send(sslRequest()).message();
            }),
        new Row(
            "SSL, GSSENC, SSL",
            FORBIDDEN_SSL,
            peer -> {
              peer.send(sslRequest()).answer();
              peer.send(gssEncRequest()).answer();
              peer.send(sslRequest()).message();
            }),
        new Row(
            "SSL and a startup packet in one",
            TAMPERED + "SSL request",
            peer -> peer.send(sslRequest(), STARTUP).answer()),
        new Row(
            "SSL, GSSENC and a startup packet in one",
            TAMPERED + "GSSAPI encryption request",
            peer -> {
              peer.send(sslRequest()).answer();
              peer.send(gssEncRequest(), STARTUP).answer();
            }));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("rows")
  void reactsAlike(Row row) throws Exception {
    Setup setup = Setup.on(Objects.requireNonNull(postgres)).listenerTls(ListenerTls.Mode.DISABLE);
    row.check(fixture.start(setup.serverTls(ServerTls.Mode.DISABLE)), Transport.CLEAR);
  }

  private static Row asking(String sent, String reaction, byte[]... requests) {
    return new Row(
        sent,
        reaction,
        peer -> {
          for (byte[] request : requests) {
            peer.send(request).answer();
          }
          peer.send(STARTUP).message();
        });
  }
}
