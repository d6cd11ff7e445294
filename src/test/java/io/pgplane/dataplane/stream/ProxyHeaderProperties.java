package io.pgplane.dataplane.stream;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyProtocolVersion;
import io.netty.util.NetUtil;
import io.pgplane.dataplane.stream.ProxyHeader.Ends;
import io.pgplane.failure.Failure;
import io.pgplane.testkit.ProxyHeaders;
import io.pgplane.topology.ProxyProtocol;
import io.vertx.core.net.SocketAddress;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProxyHeaderProperties {
  @Provide
  Arbitrary<String> addresses() {
    return Arbitraries.of(
        "192.0.2.1", "1.1.1.1", "255.255.255.255", "2001:db8::7", "::1", "fe80::aaaa:bbbb:cccc:1");
  }

  @Property(tries = 300)
  void takesTheHeaderAndNothingBehindIt(
      @ForAll HAProxyProtocolVersion version,
      @ForAll @From("addresses") String client,
      @ForAll @IntRange(max = 65535) int port,
      @ForAll byte[] behind) {
    ByteBuf in = Unpooled.wrappedBuffer(ProxyHeaders.from(version, client, port), behind);

    ProxyHeader header = ProxyHeader.takeFrom(in);

    Ends ends = Objects.requireNonNull(header).ends().orElseThrow();
    assertThat(ends.client().hostAddress())
        .isEqualTo(SocketAddress.inetSocketAddress(port, client).hostAddress());
    assertThat(ends.client().port()).isEqualTo(port);
    assertThat(ends.server().port()).isEqualTo(5432);
    assertThat(ByteBufUtil.getBytes(in)).isEqualTo(behind);
    assertThat(in.refCnt()).isEqualTo(1);
  }

  @Property(tries = 300)
  void takesNothingUntilTheHeaderIsWhole(
      @ForAll HAProxyProtocolVersion version,
      @ForAll @From("addresses") String client,
      @ForAll @IntRange(min = 0, max = 1000) int cut) {
    byte[] header = ProxyHeaders.from(version, client, 40_000);
    int shown = cut % header.length;
    ByteBuf in = Unpooled.wrappedBuffer(header, 0, shown);

    assertThat(ProxyHeader.takeFrom(in)).isNull();
    assertThat(in.readableBytes()).isEqualTo(shown);
  }

  @Property(tries = 300)
  void isTakenAsItWasSent(
      @ForAll boolean first,
      @ForAll @From("addresses") String client,
      @ForAll @From("addresses") String server,
      @ForAll @IntRange(max = 65535) int port) {
    Ends ends = new Ends(address(client, port), address(server, 5432));
    ProxyProtocol form = first ? ProxyProtocol.V1 : ProxyProtocol.V2;

    byte[] packet = new ProxyHeader(Optional.of(ends)).toPacket(form);

    assertThat(ProxyHeader.takeFrom(Unpooled.wrappedBuffer(packet)))
        .isEqualTo(new ProxyHeader(Optional.of(ends)));
  }

  @Property
  void tellsOfNobodyInEitherForm(@ForAll boolean first) {
    ProxyHeader own = new ProxyHeader(Optional.empty());

    byte[] packet = own.toPacket(first ? ProxyProtocol.V1 : ProxyProtocol.V2);

    assertThat(ProxyHeader.takeFrom(Unpooled.wrappedBuffer(packet))).isEqualTo(own);
  }

  private static SocketAddress address(String text, int port) {
    return SocketAddress.inetSocketAddress(
        new InetSocketAddress(NetUtil.createInetAddressFromIpAddressString(text), port));
  }

  @Test
  void leavesOutTheInterfaceOfALinkLocalAddress() throws UnknownHostException {
    byte[] bytes = InetAddress.getByName("fe80::1").getAddress();
    InetAddress scoped = Inet6Address.getByAddress(null, bytes, 7);

    assertThat(ProxyHeader.ip(SocketAddress.inetSocketAddress(new InetSocketAddress(scoped, 1))))
        .hasToString("/fe80:0:0:0:0:0:0:1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "PROXY TCP4 192.0.2.1 10.0.0.1 65536 5432\r\n",
        "PROXY TCP4 192.0.2.1 10.0.0.1 -1 5432\r\n",
        "PROXY TCP4 192.0.2.1 10.0.0.1 +1 5432\r\n",
        "PROXY TCP4 192.0.2.1 10.0.0.1  5432\r\n",
        "PROXY TCP4 2001:db8::1 2001:db8::2 1 5432\r\n",
        "PROXY TCP6 192.0.2.1 10.0.0.1 1 5432\r\n",
        "PROXY TCP4 192.0.2.1 10.0.0.1 1 5432 6\r\n",
        "PROXY TCP4 192.0.2.1 10.0.0.1 1 5432\n",
        "PROXY TCP4 192.0.2.1 10.0.0.1 1\r\n",
        "PROXY  UNKNOWN\r\n",
        "PROXY TCP4 192.0.2.1 10.0.0.1 1 5432                                                 "
            + "                                     \r\n"
      })
  void takesNoLineThatIsNotExact(String line) {
    assertThatThrownBy(() -> ProxyHeader.takeFrom(Unpooled.wrappedBuffer(line.getBytes(US_ASCII))))
        .isInstanceOf(Failure.class);
  }

  @Property(tries = 100)
  void checksTheChecksumWhereThereIsOne(@ForAll boolean six, @ForAll int flip) {
    byte[] header =
        ProxyHeaders.withChecksum(
            ProxyHeaders.from(
                HAProxyProtocolVersion.V2, six ? "2001:db8::7" : "192.0.2.7", 40_000));
    byte[] broken = header.clone();
    // A bit of the client's address or port.
    int bit = Math.floorMod(flip, (six ? 34 : 8) * Byte.SIZE);
    broken[16 + bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);

    assertThat(ProxyHeader.takeFrom(Unpooled.wrappedBuffer(header))).isNotNull();
    assertThatThrownBy(() -> ProxyHeader.takeFrom(Unpooled.wrappedBuffer(broken)))
        .isInstanceOf(Failure.class);
  }

  static Stream<byte[]> anonymous() {
    return Stream.of(
        "PROXY UNKNOWN ::1 ::1 1 1\r\n".getBytes(US_ASCII),
        ProxyHeaders.unknown(HAProxyCommand.PROXY),
        ProxyHeaders.unknown(HAProxyCommand.LOCAL),
        ProxyHeaders.unix());
  }

  @ParameterizedTest
  @MethodSource("anonymous")
  void knowsNoAddressesWhereTheBalancerTellsNone(byte[] header) {
    ByteBuf in = Unpooled.wrappedBuffer(header);

    assertThat(ProxyHeader.takeFrom(in)).isEqualTo(new ProxyHeader(Optional.empty()));
    assertThat(in.isReadable()).isFalse();
  }
}
