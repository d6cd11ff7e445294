package io.pgplane.dataplane.stream;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.epoll.EpollTcpInfo;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Closes a socket once its peer has taken what was written, however slowly it does so. A peer that
 * has taken nothing for {@link #STALL_SECONDS} is given up.
 *
 * <p>Whether bytes move is seen in Netty's buffer and in what the kernel has sent last. What the
 * peer still sends is read and dropped: the kernel answers unread bytes with a reset, which would
 * take what it has not delivered yet.
 */
final class Delivery extends ChannelInboundHandlerAdapter {
  private static final int STALL_SECONDS = 10;
  private static final long LOOK_MILLIS = 1_000;

  /** The states of a socket whose end the peer has not acknowledged, as in net/tcp_states.h. */
  private static final int FIN_WAIT_1 = 4;

  private static final int LAST_ACK = 9;
  private static final int CLOSING = 11;

  private final Channel channel;
  private final boolean lingers;
  private boolean endSent;
  private long pending = -1;
  private @Nullable Future<?> next;
  private long movedAt = System.nanoTime();

  /**
   * Makes one for a socket that is open.
   *
   * @param lingers whether the socket stays open until the peer's system has all of it
   */
  Delivery(Channel channel, boolean lingers) {
    this.channel = channel;
    this.lingers = lingers;
  }

  /** Nothing more is written from now on. */
  void begin() {
    SslHandler tls = channel.pipeline().get(SslHandler.class);
    if (tls != null) {
      tls.setCloseNotifyFlushTimeoutMillis(0); // the look below is the bound
    }
    channel.pipeline().addFirst(this);
    channel.config().setAutoRead(true);
    channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(done -> written(tls));
    if (channel.isOpen()) {
      lookLater();
      channel.closeFuture().addListener(closed -> cancelLook());
    }
  }

  /** Closes the socket at once. */
  void giveUp() {
    // Not through TLS, which would wait to say so.
    ChannelHandlerContext tls = channel.pipeline().context(SslHandler.class);
    if (tls == null) {
      channel.close();
    } else {
      tls.close();
    }
  }

  /** For how many milliseconds the kernel has sent nothing; very many where it does not tell. */
  static long quietMillis(Channel channel) {
    EpollTcpInfo info = tcpInfo(channel);
    return info == null ? Long.MAX_VALUE : info.lastDataSent();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ReferenceCountUtil.release(message);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent && endSent) {
      giveUp();
    } else {
      ReferenceCountUtil.release(event);
    }
  }

  /** The kernel has everything. A peer that sends nothing more cannot bring about a reset. */
  private void written(@Nullable SslHandler tls) {
    boolean mayReset = lingers && channel instanceof DuplexChannel open && !open.isInputShutdown();
    if (!mayReset) {
      channel.close();
    } else if (tls == null) {
      sendEnd();
    } else {
      tls.closeOutbound().addListener(done -> sendEnd());
    }
  }

  private void sendEnd() {
    ChannelFuture shut = ((DuplexChannel) channel).shutdownOutput();
    endSent = true;
    shut.addListener(done -> awaitAcknowledgement(1));
  }

  private void awaitAcknowledgement(long millis) {
    EpollTcpInfo info = tcpInfo(channel);
    int state = info == null ? 0 : info.state();
    if (state == FIN_WAIT_1 || state == LAST_ACK || state == CLOSING) {
      long next = Math.min(2 * millis, LOOK_MILLIS);
      channel.eventLoop().schedule(() -> awaitAcknowledgement(next), millis, TimeUnit.MILLISECONDS);
    } else {
      giveUp();
    }
  }

  private void lookLater() {
    next = channel.eventLoop().schedule(this::look, LOOK_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void cancelLook() {
    if (next != null) {
      next.cancel(false);
    }
  }

  private void look() {
    long now = System.nanoTime();
    long left = pending();
    if (left != pending || quietMillis(channel) <= 2 * LOOK_MILLIS) {
      pending = left;
      movedAt = now;
    }
    if (now - movedAt >= TimeUnit.SECONDS.toNanos(STALL_SECONDS)) {
      giveUp();
    } else {
      lookLater();
    }
  }

  private long pending() {
    ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
    return buffer == null ? 0 : buffer.totalPendingWriteBytes() - buffer.currentProgress();
  }

  private static @Nullable EpollTcpInfo tcpInfo(Channel channel) {
    if (channel instanceof EpollSocketChannel socket && socket.isOpen()) {
      try {
        return socket.tcpInfo();
      } catch (ChannelException e) {
        // The connection is lost already: the reader gets the error.
        return null;
      }
    }
    return null;
  }
}
