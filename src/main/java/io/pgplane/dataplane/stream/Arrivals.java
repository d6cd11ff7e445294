package io.pgplane.dataplane.stream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.DecoderException;
import io.netty.util.ReferenceCountUtil;
import io.pgplane.failure.Failure;
import io.pgplane.failure.Failures;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** What has arrived over a socket, until somebody asks for it. */
final class Arrivals extends ChannelInboundHandlerAdapter {
  /** As much as is read before anybody asks for it. */
  static final int READ_AHEAD = 16 * 1024;

  private final Channel channel;
  private final Peer peer;
  private ByteBuf held = Unpooled.EMPTY_BUFFER;
  private @Nullable Wanted<?> wanted;
  private @Nullable Failure lost;

  Arrivals(Channel channel, Peer peer) {
    this.channel = channel;
    this.peer = peer;
  }

  /** Whether bytes are here that nobody has asked for. */
  boolean isReadable() {
    return held.isReadable();
  }

  /** All that is here; the caller releases it. */
  ByteBuf give() {
    ByteBuf all = held;
    held = Unpooled.EMPTY_BUFFER;
    return all;
  }

  /** Fulfils a wish, now or when enough is here. */
  void await(Wanted<?> next) {
    if (wanted != null) {
      throw new IllegalStateException("a packet is waited for already");
    }
    if (!next.tryTake(held)) {
      if (lost != null) {
        next.promise().fail(lost);
      } else {
        wanted = next;
        channel.read();
      }
    }
  }

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
    give().release();
  }

  private void lost(Failure why) {
    if (lost == null) {
      lost = why;
      Wanted<?> waiting = wanted;
      wanted = null;
      if (waiting != null) {
        waiting.promise().fail(why);
      }
    }
  }
}
