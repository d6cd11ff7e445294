package io.pgplane.dataplane.stream;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.ProtocolDetectionState;
import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import io.netty.handler.codec.haproxy.HAProxyMessageEncoder;
import io.netty.handler.codec.haproxy.HAProxyProtocolVersion;
import io.netty.handler.codec.haproxy.HAProxyProxiedProtocol;
import io.netty.util.NetUtil;
import io.pgplane.failure.Failure;
import io.pgplane.failure.FailureKind;
import io.pgplane.topology.ProxyProtocol;
import io.vertx.core.net.SocketAddress;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a load balancer says of the connection that it passes on (HAProxy, "The PROXY protocol",
 * versions 1 and 2).
 *
 * @param ends empty if the connection is the balancer's own (LOCAL), or not one of TCP
 */
record ProxyHeader(Optional<Ends> ends) {
  /** More than the certificate of a client that a balancer may add; it is not looked at. */
  private static final int MAX_ADDITIONS = 16 * 1024;

  private static final byte[] V1_UNKNOWN = "PROXY UNKNOWN\r\n".getBytes(US_ASCII);
  private static final int VERSION_1 = 'P';
  private static final int VERSION_2 = '\r';

  /** The two ends of the client's connection to the balancer. */
  record Ends(SocketAddress client, SocketAddress server) {}

  /**
   * Takes a header and nothing of what comes behind it.
   *
   * @return null if it is not complete yet
   * @throws Failure if it is none, or broken
   */
  static @Nullable ProxyHeader takeFrom(ByteBuf in) {
    if (!in.isReadable()) {
      return null;
    } else if (!mayBe(in)) {
      throw Failure.silent(FailureKind.CLIENT, "client sent no PROXY header");
    } else if (in.getByte(in.readerIndex()) == VERSION_1) {
      return ProxyHeaderText.takeFrom(in);
    }
    // Not in the socket's own pipeline: there the decoder would close it before anybody knew why.
    EmbeddedChannel channel =
        new EmbeddedChannel(new KeepOpen(), new HAProxyMessageDecoder(MAX_ADDITIONS));
    try {
      // A copy on the heap: the decoder does not release the additions before a broken one.
      channel.writeInbound(Unpooled.copiedBuffer(in));
      HAProxyMessage message = channel.readInbound();
      return message == null ? null : taken(in, message, channel.readInbound());
    } catch (DecoderException e) {
      throw broken().causedBy(e);
    } finally {
      if (channel.pipeline().get(HAProxyMessageDecoder.class) != null) {
        channel.pipeline().remove(HAProxyMessageDecoder.class); // gives up what it holds
      }
      channel.releaseInbound();
    }
  }

  static Failure broken() {
    return Failure.silent(FailureKind.CLIENT, "client sent a broken PROXY header");
  }

  static Failure late() {
    return Failure.silent(FailureKind.CLIENT, "client sent no PROXY header in time");
  }

  private static boolean mayBe(ByteBuf in) {
    int first = in.getByte(in.readerIndex());
    return (first == VERSION_1 || first == VERSION_2)
        && HAProxyMessageDecoder.detectProtocol(in).state() != ProtocolDetectionState.INVALID;
  }

  private static ProxyHeader taken(ByteBuf in, HAProxyMessage message, @Nullable ByteBuf behind) {
    try {
      int length = in.readableBytes() - (behind == null ? 0 : behind.readableBytes());
      if (message.command() == HAProxyCommand.PROXY) {
        ProxyChecksum.check(ByteBufUtil.getBytes(in, in.readerIndex(), length));
      }
      in.skipBytes(length);
      return new ProxyHeader(ends(message));
    } finally {
      message.release();
      if (behind != null) {
        behind.release();
      }
    }
  }

  private static Optional<Ends> ends(HAProxyMessage message) {
    return switch (message.proxiedProtocol()) {
      case TCP4, TCP6 ->
          Optional.of(
              new Ends(
                  address(message.sourceAddress(), message.sourcePort()),
                  address(message.destinationAddress(), message.destinationPort())));
      default -> Optional.empty();
    };
  }

  /** As the first bytes of a connection. */
  byte[] toPacket(ProxyProtocol form) {
    if (form == ProxyProtocol.V1 && ends.isEmpty()) {
      return V1_UNKNOWN;
    }
    EmbeddedChannel channel = new EmbeddedChannel(HAProxyMessageEncoder.INSTANCE);
    channel.writeOutbound(message(form));
    ByteBuf header = channel.readOutbound();
    byte[] packet = ByteBufUtil.getBytes(header);
    header.release();
    return packet;
  }

  private HAProxyMessage message(ProxyProtocol form) {
    HAProxyProtocolVersion version =
        form == ProxyProtocol.V1 ? HAProxyProtocolVersion.V1 : HAProxyProtocolVersion.V2;
    if (ends.isEmpty()) {
      return new HAProxyMessage(
          version, HAProxyCommand.LOCAL, HAProxyProxiedProtocol.UNKNOWN, null, null, 0, 0);
    }
    SocketAddress client = ends.get().client();
    SocketAddress server = ends.get().server();
    boolean six = isSix(client) || isSix(server);
    return new HAProxyMessage(
        version,
        HAProxyCommand.PROXY,
        six ? HAProxyProxiedProtocol.TCP6 : HAProxyProxiedProtocol.TCP4,
        text(client, six),
        text(server, six),
        client.port(),
        server.port());
  }

  private static boolean isSix(SocketAddress address) {
    return ip(address) instanceof Inet6Address;
  }

  /** Both ends are of one family; an IPv4 address has a form for IPv6, as in HAProxy. */
  private static String text(SocketAddress address, boolean six) {
    String text = NetUtil.toAddressString(ip(address));
    return six && !isSix(address) ? "::ffff:" + text : text;
  }

  /** The address of a socket, which is never a name; without the interface of a link-local one. */
  static InetAddress ip(SocketAddress address) {
    String text = address.hostAddress();
    int zone = text.indexOf('%');
    return Objects.requireNonNull(
        NetUtil.createInetAddressFromIpAddressString(zone < 0 ? text : text.substring(0, zone)));
  }

  /** A decoder that has closed its channel would go on with what lies behind the broken header. */
  private static final class KeepOpen extends ChannelOutboundHandlerAdapter {
    @Override
    public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
      promise.setSuccess();
    }
  }

  /** The text is known to be an address. */
  static SocketAddress address(String text, int port) {
    return SocketAddress.inetSocketAddress(
        new InetSocketAddress(
            Objects.requireNonNull(NetUtil.createInetAddressFromIpAddressString(text)), port));
  }
}
