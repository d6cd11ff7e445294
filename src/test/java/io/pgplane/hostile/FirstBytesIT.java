package io.pgplane.hostile;

import static io.pgplane.hostile.RawPackets.bytes;
import static io.pgplane.hostile.RawPackets.int32;
import static io.pgplane.hostile.RawPackets.join;
import static io.pgplane.hostile.RawPackets.untyped;
import static io.pgplane.testkit.Packets.PROTOCOL_3_0;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.testkit.Packets;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ProxyFixture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What is not even the length of a startup packet, and what is one but no more. */
class FirstBytesIT {
  private static final String TERMINATOR =
      "M" + "invalid startup packet layout: expected terminator as last byte";
  private static final String NO_USER = "C28000 Mno PostgreSQL user name specified";

  @RegisterExtension final ProxyFixture fixture = new ProxyFixture();

  static Stream<Row> rows() {
    return Stream.concat(Stream.concat(notAPacket(), lengths()), layouts());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("rows")
  void reactsAlikeInClear(Row row) throws Exception {
    row.check(fixture.start(Row.setup()), Transport.CLEAR);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("rows")
  void reactsAlikeOverTls(Row row) throws Exception {
    row.check(fixture.start(Row.setup()), Transport.TLS);
  }

  @ParameterizedTest
  @CsvSource({"10003, true", "10004, true", "10005, false"})
  void takesAStartupPacketOfUpTo10004Bytes(int length, boolean taken) throws Exception {
    Proxy proxy = fixture.start(Row.setup());

    for (Transport transport : Transport.values()) {
      String said =
          new Oracle(proxy)
              .assertSameReaction(
                  "a startup packet of " + length,
                  transport,
                  peer -> {
                    peer.send(paddedStartup(peer, length)).until('R');
                    peer.prove();
                    peer.until('Z');
                  });

      assertThat(said.contains("Z I")).isEqualTo(taken);
    }
  }

  @ParameterizedTest
  @EnumSource
  void takesAStartupPacketByteByByte(Transport transport) throws Exception {
    Proxy proxy = fixture.start(Row.setup());

    String said =
        new Oracle(proxy)
            .assertSameReaction(
                "one byte a write",
                transport,
                peer -> {
                  for (byte b : Packets.startup("user", peer.setup().user())) {
                    peer.send(new byte[] {b});
                  }
                  peer.until('R');
                });

    assertThat(said).contains("R10 SCRAM-SHA-256");
  }

  private static Stream<Row> notAPacket() {
    return Stream.of(
        Row.cut("nothing"),
        Row.cut("one byte of a length", new byte[1]),
        Row.cut("two bytes of a length", new byte[2]),
        Row.cut("three bytes of a length", new byte[3]),
        Row.cut("half a startup packet", join(int32(50), int32(PROTOCOL_3_0))),
        Row.of("an HTTP request", Row.SILENCE, bytes("GET / HTTP/1.1\r\nHost: a\r\n\r\n")),
        Row.of("an SSH banner", Row.SILENCE, bytes("SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n")),
        Row.of("a redis PING", Row.SILENCE, bytes("*1\r\n$4\r\nPING\r\n")));
  }

  private static Stream<Row> lengths() {
    return IntStream.of(0, 4, 7, 10_005, Integer.MAX_VALUE, -1, Integer.MIN_VALUE)
        .mapToObj(
            length ->
                Row.of("a length of " + length, Row.SILENCE, int32(length), int32(PROTOCOL_3_0)));
  }

  private static Stream<Row> layouts() {
    return Stream.of(
        layout("a packet that ends after the version", TERMINATOR, ""),
        layout("a packet with no parameter", NO_USER, "\0"),
        layout("no terminator", TERMINATOR, "user\0nobody\0"),
        layout("a byte behind the terminator", TERMINATOR, "user\0nobody\0\0x"),
        layout("a zero behind the terminator", TERMINATOR, "user\0nobody\0\0\0"),
        layout("a name without a value", TERMINATOR, "user\0nobody\0database\0"),
        layout("a name without its zero", TERMINATOR, "user\0nobody\0database"),
        layout("a value without its zero", TERMINATOR, "user\0nobody"),
        layout("a parameter without a name", TERMINATOR, "\0nobody\0\0"),
        layout("an empty user", NO_USER, "user\0\0database\0postgres\0\0"),
        layout("no user", NO_USER, "database\0postgres\0\0"),
        layout("a User", NO_USER, "User\0postgres\0\0"),
        layout("an empty user behind another", NO_USER, "user\0nobody\0user\0\0\0"));
  }

  private static Row layout(String sent, String reaction, String parameters) {
    return Row.of(sent, reaction, untyped(PROTOCOL_3_0, bytes(parameters)));
  }

  private static byte[] paddedStartup(Dialogue peer, int length) {
    byte[] user = Packets.strings("user", peer.setup().user(), "application_name");
    String name = "x".repeat(length - 8 - user.length - 2);
    return untyped(PROTOCOL_3_0, join(user, Packets.strings(name), new byte[1]));
  }
}
