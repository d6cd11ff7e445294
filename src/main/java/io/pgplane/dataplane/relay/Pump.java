package io.pgplane.dataplane.relay;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import io.pgplane.failure.Failure;
import io.pgplane.failure.FailureKind;
import io.pgplane.failure.Failures;
import java.io.IOException;

/**
 * One direction: what one socket brings goes to the other, in the buffers in which it came. Each
 * read is written at once and flushed at its end; while the other side cannot take more, nothing is
 * read.
 */
abstract class Pump extends ChannelInboundHandlerAdapter {
  private final Relay relay;
  private final Channel source;
  private final Channel sink;
  private final String name;
  private final BulkReads bulkReads;

  /**
   * Makes the pump of one direction.
   *
   * @param name of the side that is read, for the log
   */
  Pump(Relay relay, Channel source, Channel sink, String name) {
    this.relay = relay;
    this.source = source;
    this.sink = sink;
    this.name = name;
    this.bulkReads = new BulkReads(source);
  }

  /** Looks at bytes, and {@link #send}s them. Owns them. */
  abstract void pass(ChannelHandlerContext ctx, ByteBuf bytes);

  /** Passes what had arrived before this handler was there, then lets the socket flow. */
  final void start(ByteBuf arrived) {
    ChannelHandlerContext ctx = source.pipeline().context(this);
    channelRead(ctx, arrived);
    channelReadComplete(ctx);
    source.config().setAutoRead(sink.isWritable());
  }

  final void send(ByteBuf bytes) {
    sink.write(bytes, sink.voidPromise());
  }

  @Override
  public final void channelRead(ChannelHandlerContext ctx, Object message) {
    if (!(message instanceof ByteBuf bytes)) {
      ReferenceCountUtil.release(message);
      return;
    }
    bulkReads.read(bytes.readableBytes());
    try {
      pass(ctx, bytes);
    } catch (Failure e) {
      relay.end(e);
    }
    if (!sink.isWritable()) {
      sink.flush();
      source.config().setAutoRead(sink.isWritable());
    }
  }

  @Override
  public final void channelReadComplete(ChannelHandlerContext ctx) {
    bulkReads.readComplete(System.nanoTime());
    sink.flush();
  }

  /** Of the source as the sink of the other direction: it takes more again, or no more. */
  @Override
  public final void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (source.isWritable()) {
      sink.config().setAutoRead(true);
    }
  }

  @Override
  public final void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      shutdownSink();
    } else if (event instanceof SslCloseCompletionEvent) {
      // After close_notify BoringSSL writes no more either: there is no half-close in TLS.
      ctx.close();
    } else {
      ReferenceCountUtil.release(event);
    }
  }

  @Override
  public final void channelInactive(ChannelHandlerContext ctx) {
    bulkReads.end();
    closed();
    ctx.fireChannelInactive();
  }

  @Override
  public final void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (cause instanceof IOException && onlyReads()) {
      return; // what the peer has sent before is still read, and then its end
    }
    boolean ofTheSocket = cause instanceof IOException || cause instanceof DecoderException;
    relay.end(
        ofTheSocket
            ? failed(name + " connection failed: " + cause.getMessage())
            : Failures.internal(cause));
  }

  /** Whether a write has failed, and the socket may still have something to read. */
  private boolean onlyReads() {
    return source.isActive() && ((DuplexChannel) source).isOutputShutdown();
  }

  /** The source is closed. */
  void closed() {
    relay.end();
  }

  /** What it means that the source is broken. */
  Failure failed(String how) {
    return Failure.silent(FailureKind.DISCONNECT, how);
  }

  /**
   * The source will bring no more: the sink shall know, and may still answer. With TLS too it is
   * the TCP connection that is half-closed: after a close_notify BoringSSL would read no more
   * either.
   */
  final void shutdownSink() {
    sink.writeAndFlush(Unpooled.EMPTY_BUFFER)
        .addListener(
            (ChannelFutureListener)
                written -> ((DuplexChannel) written.channel()).shutdownOutput());
  }
}
