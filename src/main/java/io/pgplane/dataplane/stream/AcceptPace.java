package io.pgplane.dataplane.stream;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Accepts no faster than the event loops take connections over. Vert.x accepts on a thread of its
 * own: without this, connections that come faster pile up in the queues of the event loops, where
 * no limit of handshakes sees them. The others wait in the kernel's backlog, which is bounded.
 *
 * <p>It is the handler of a listening channel.
 */
public final class AcceptPace extends ChannelInboundHandlerAdapter {
  private static final int MOST_WAITING = 256;

  private final AtomicInteger waiting = new AtomicInteger();

  /** Only touched by the event loop that accepts. */
  private boolean paused;

  @Override
  public void channelRead(ChannelHandlerContext listening, Object accepted) {
    if (waiting.incrementAndGet() >= MOST_WAITING && !paused) {
      paused = true;
      listening.channel().config().setAutoRead(false);
    }
    listening.fireChannelRead(accepted);
    try {
      ((Channel) accepted).eventLoop().execute(() -> taken(listening));
    } catch (IllegalStateException | RejectedExecutionException e) {
      taken(listening); // its event loop has ended, and so has the connection
    }
  }

  private void taken(ChannelHandlerContext listening) {
    if (waiting.decrementAndGet() == MOST_WAITING / 2) {
      listening.executor().execute(() -> goOn(listening));
    }
  }

  private void goOn(ChannelHandlerContext listening) {
    if (paused) {
      paused = false;
      listening.channel().config().setAutoRead(true);
    }
  }
}
