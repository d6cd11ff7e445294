package io.pgplane.dataplane.stream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandler;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import io.pgplane.failure.Failure;
import io.pgplane.failure.Failures;
import io.pgplane.protocol.wire.Message;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A socket that speaks PostgreSQL packets, one asked for after the other. Confined to the socket's
 * event loop.
 *
 * <p>It reads one buffer at a time and stops at {@link #READ_AHEAD} bytes that nobody has asked
 * for, so what a peer can make it hold is bounded by that and the largest packet it may send.
 */
public final class PgStream {
  private static final String HANDLER = "pgplane";
  private static final int READ_AHEAD = 16 * 1024;
  private static final int CLOSE_SECONDS = 10;

  private final NetSocketInternal socket;
  private final Peer peer;
  private final ContextInternal context;
  private final Channel channel;
  private final Promise<Void> closed;

  private ByteBuf held = Unpooled.EMPTY_BUFFER;
  private @Nullable Wanted<?> wanted;
  private @Nullable Failure lost;

  private PgStream(NetSocketInternal socket, Peer peer, ContextInternal context) {
    this.socket = socket;
    this.peer = peer;
    this.context = context;
    this.channel = socket.channelHandlerContext().channel();
    this.closed = context.promise();
    channel.closeFuture().addListener(done -> closed.complete());
    channel.config().setAutoRead(false);
    channel.pipeline().addBefore("handler", HANDLER, new Inbound());
    channel.read();
  }

  /** Takes over a socket's bytes; must be called on its event loop, before any byte was read. */
  public static PgStream of(NetSocket socket, Peer peer) {
    return new PgStream((NetSocketInternal) socket, peer, ContextInternal.current());
  }

  /** The next packet without a type: its body, after the length. */
  public Future<byte[]> startupPacket() {
    return take(Frame::startupPacket);
  }

  /** The next message, if the rule allows it. */
  public Future<Message> message(MessageRule rule) {
    return take(Frame.message(rule));
  }

  /** The next byte. */
  public Future<Character> oneByte() {
    return take(Frame::oneByte);
  }

  /** Whether bytes have arrived that nobody has asked for. */
  public boolean holdsBytes() {
    return held.isReadable();
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
    return take(ClientHello::peek);
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
    ByteBuf handshake = held;
    held = Unpooled.EMPTY_BUFFER;
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

  /** Closes the socket at once; what was written and not sent is lost. */
  public void abort() {
    channel.close();
  }

  /** Closes the socket after what was written. */
  public void close() {
    if (!channel.isOpen() || isInHandshake()) {
      channel.close();
      return;
    }
    channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    // A peer that takes nothing must not hold the socket.
    ScheduledFuture<?> force =
        channel.eventLoop().schedule(() -> channel.close(), CLOSE_SECONDS, TimeUnit.SECONDS);
    channel.closeFuture().addListener(done -> force.cancel(false));
  }

  /** The address and port of the other end. */
  public SocketAddress remoteAddress() {
    return socket.remoteAddress();
  }

  /** The address of the other end. */
  public InetAddress remoteIp() {
    return ((InetSocketAddress) channel.remoteAddress()).getAddress();
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
    ByteBuf rest = held;
    held = Unpooled.EMPTY_BUFFER;
    channel.pipeline().replace(HANDLER, HANDLER, next);
    return rest;
  }

  /** Nothing that is written now could be sent before the peer has done its part. */
  private boolean isInHandshake() {
    SslHandler tls = channel.pipeline().get(SslHandler.class);
    return tls != null && !tls.handshakeFuture().isDone();
  }

  private <T> Future<T> take(Frame<T> frame) {
    Promise<T> promise = context.promise();
    Wanted<T> next = new Wanted<>(frame, promise);
    if (wanted != null) {
      throw new IllegalStateException("a packet is waited for already");
    }
    if (!next.tryTake(held)) {
      if (lost != null) {
        promise.fail(lost);
      } else {
        wanted = next;
        channel.read();
      }
    }
    return promise.future();
  }

  private void arrived() {
    Wanted<?> waiting = wanted;
    if (waiting != null) {
      wanted = null;
      if (!waiting.tryTake(held)) {
        wanted = waiting;
      }
    }
    if (wanted != null || held.readableBytes() < READ_AHEAD) {
      channel.read();
    }
  }

  private void lost(Failure why) {
    if (lost == null) {
      lost = why;
      Wanted<?> waiting = wanted;
      wanted = null;
      if (waiting != null) {
        waiting.promise().fail(lost);
      }
    }
  }

  private final class Inbound extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      if (message instanceof ByteBuf bytes) {
        held = ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(ctx.alloc(), held, bytes);
      } else {
        ReferenceCountUtil.release(message);
      }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
      arrived();
      ctx.fireChannelReadComplete();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      lost(peer.lost("closed the connection"));
      ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      boolean ofTheSocket = cause instanceof IOException || cause instanceof DecoderException;
      lost(
          ofTheSocket
              ? peer.lost("connection failed: " + cause.getMessage())
              : Failures.internal(cause));
      ctx.close();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
      held.release();
      held = Unpooled.EMPTY_BUFFER;
    }
  }
}
