package io.pgplane.dataplane.stream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandler;
import io.netty.channel.ChannelOption;
import io.netty.handler.ssl.SslHandler;
import io.pgplane.protocol.wire.Message;
import io.pgplane.topology.ProxyProtocol;
import io.pgplane.topology.Tcp;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A socket that speaks PostgreSQL packets, one asked for after the other. Confined to the socket's
 * event loop.
 *
 * <p>It reads one buffer at a time and stops at {@link Arrivals#READ_AHEAD} bytes that nobody has
 * asked for, so what a peer can make it hold is bounded by that and the largest packet it may send.
 */
public final class PgStream {
  private static final String HANDLER = "pgplane";
  private static final String VERTX_HANDLER = "handler";

  private final ContextInternal context;
  private final Channel channel;
  private final Promise<Void> closed;
  private final Promise<Void> ended;
  private final Arrivals arrivals;

  private @Nullable Delivery delivery;
  private ProxyHeader.Ends ends;
  private InetAddress remoteIp;
  private Runnable onPacket = () -> {};

  private PgStream(NetSocketInternal socket, Peer peer, ContextInternal context) {
    this.context = context;
    this.channel = socket.channelHandlerContext().channel();
    this.ends = new ProxyHeader.Ends(socket.remoteAddress(), socket.localAddress());
    this.remoteIp = ProxyHeader.ip(ends.client());
    this.closed = context.promise();
    this.ended = context.promise();
    this.arrivals = new Arrivals(channel, peer, ended);
    channel.closeFuture().addListener(done -> closed.complete());
    channel.config().setAutoRead(false);
    channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, peer == Peer.CLIENT);
    channel.pipeline().addBefore(VERTX_HANDLER, HANDLER, arrivals);
    channel.read();
  }

  /** Takes over a socket's bytes; must be called on its event loop, before any byte was read. */
  public static PgStream of(NetSocket socket, Peer peer) {
    return new PgStream((NetSocketInternal) socket, peer, ContextInternal.current());
  }

  /** Has the handler told when a whole packet that was asked for is there. */
  public void onPacket(Runnable handler) {
    onPacket = handler;
  }

  /** The next packet without a type: its body, after the length. */
  public Future<byte[]> startupPacket() {
    return packet(Frame::startupPacket);
  }

  /** The next message, if the rule allows it. */
  public Future<Message> message(MessageRule rule) {
    return packet(Frame.message(rule));
  }

  /** The next byte. */
  public Future<Character> oneByte() {
    return take(Frame::oneByte);
  }

  /** Whether bytes have arrived that nobody has asked for. */
  public boolean holdsBytes() {
    return arrivals.isReadable();
  }

  /** Sends packets, together. */
  public void write(byte[]... packets) {
    channel.writeAndFlush(Unpooled.wrappedBuffer(packets), channel.voidPromise());
  }

  /** The next byte, which stays where it is. */
  public Future<Character> peekByte() {
    return take(in -> in.isReadable() ? (char) in.getUnsignedByte(in.readerIndex()) : null);
  }

  /** The ClientHello that comes next, and stays where it is. */
  public Future<ClientHello> peekClientHello() {
    return packet(ClientHello::peek);
  }

  /**
   * Puts TLS below everything that follows. What has arrived and nobody has asked for is the begin
   * of the handshake: whatever it is, it never counts as something that came over TLS
   * (CVE-2021-23214, CVE-2021-23222).
   *
   * @return fails if the handshake does
   */
  public Future<Void> startTls(SslHandler tls) {
    Promise<Void> promise = context.promise();
    ByteBuf handshake = arrivals.give();
    channel.pipeline().addFirst("ssl", tls);
    tls.handshakeFuture()
        .addListener(
            done -> {
              if (done.isSuccess()) {
                promise.complete();
              } else {
                promise.fail(done.cause());
              }
            });
    if (handshake.isReadable()) {
      channel.pipeline().fireChannelRead(handshake).fireChannelReadComplete();
    } else {
      handshake.release();
      channel.read();
    }
    return promise.future();
  }

  /** Completed when the socket is closed, by whomever, also after it was handed over. */
  public Future<Void> closed() {
    return closed.future();
  }

  /**
   * Completed when nothing more will come. A client that has shut its side may be gone, or wait for
   * an answer to what it has said: nothing tells one from the other before something is written.
   */
  public Future<Void> ended() {
    return ended.future();
  }

  /** Closes the socket at once; what was written and not sent is lost. */
  public void abort() {
    if (delivery != null) {
      delivery.giveUp();
    } else {
      channel.close();
    }
  }

  /** Closes the socket after what was written. */
  public void close() {
    close(false);
  }

  /** The same, and nothing that the peer still sends can take from it what was written. */
  public void closeDelivered() {
    close(true);
  }

  private void close(boolean lingers) {
    if (!channel.isOpen() || arrivals.isInHandshake()) {
      channel.close();
    } else if (delivery == null) {
      delivery = new Delivery(channel, lingers);
      delivery.begin();
    }
  }

  /**
   * For how long the peer has been sent nothing, in milliseconds, as the kernel sees it: a slow one
   * is still sent what was written long ago. Very many where the kernel does not tell.
   */
  public long sentMillisAgo() {
    return Delivery.quietMillis(channel);
  }

  /**
   * Takes the PROXY header that a load balancer puts before everything else, and believes it: from
   * then on the addresses are those of its client's connection.
   *
   * @param millis for the header to be there
   */
  public Future<Void> proxyHeader(long millis) {
    return take(ProxyHeader::takeFrom)
        .timeout(millis, TimeUnit.MILLISECONDS)
        .recover(e -> Future.failedFuture(e instanceof TimeoutException ? ProxyHeader.late() : e))
        .map(
            header -> {
              ends = header.ends().orElse(ends);
              remoteIp = ProxyHeader.ip(ends.client());
              return null;
            });
  }

  /** Has the system find out in time that nobody is at the other end any more. */
  public void watch(Tcp tcp) {
    TcpOptions.set(channel, tcp);
  }

  /**
   * Tells the other end whose connection it is; must be the first that is written.
   *
   * @param client empty if it is pgplane's own
   */
  public void announce(ProxyProtocol form, Optional<PgStream> client) {
    if (form != ProxyProtocol.OFF) {
      write(new ProxyHeader(client.map(stream -> stream.ends)).toPacket(form));
    }
  }

  /** The address and port of the other end: the client's own, where a load balancer has told it. */
  public SocketAddress remoteAddress() {
    return ends.client();
  }

  /** Whether TLS lies below it. */
  public boolean isEncrypted() {
    return channel.pipeline().get(SslHandler.class) != null;
  }

  /** The address alone. */
  public InetAddress remoteIp() {
    return remoteIp;
  }

  /** A promise whose listeners run on the context of the socket. */
  public <T> Promise<T> promise() {
    return context.promise();
  }

  /** The socket's channel, for the relay and for the TLS that lies on it. */
  public Channel channel() {
    return channel;
  }

  /**
   * Gives the socket to another handler, which takes this one's place in the pipeline.
   *
   * @return what has arrived and nobody has asked for; the caller releases it
   */
  public ByteBuf handOver(ChannelInboundHandler next) {
    ByteBuf rest = arrivals.give();
    channel.pipeline().replace(HANDLER, HANDLER, next);
    // Nothing gets through to Vert.x's own handler any more; with its queues it takes 5 kB.
    channel.pipeline().remove(VERTX_HANDLER);
    return rest;
  }

  private <T> Future<T> packet(Frame<T> frame) {
    return take(frame).onSuccess(whole -> onPacket.run());
  }

  private <T> Future<T> take(Frame<T> frame) {
    Promise<T> promise = context.promise();
    arrivals.await(new Wanted<>(frame, promise));
    return promise.future();
  }
}
