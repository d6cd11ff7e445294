package io.pgplane.dataplane.relay;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * While much comes in small pieces and without a pause, has the kernel wait until there is more
 * before it wakes the event loop. PostgreSQL sends 8 kB at a time: to wake up, read and write for
 * each costs as much again as to carry the bytes. A look each millisecond finds out that nothing
 * has come, so the end of a stream is late by two of them at most.
 */
final class BulkReads {
  /** Waits for so many bytes. */
  private static final int TOGETHER = 64 * 1024;

  /** To be woken for less than that is to be woken for little. */
  private static final int SMALL = TOGETHER / 2;

  /** So much must have come before, that two milliseconds more are little. */
  private static final int STREAM = 2 * 1024 * 1024;

  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  /** As socket(7) and asm-generic/socket.h have it, Linux alone: SOL_SOCKET, SO_RCVLOWAT. */
  private static final ChannelOption<Integer> SO_RCVLOWAT =
      new IntegerUnixChannelOption("SO_RCVLOWAT", 1, 18);

  private final Channel source;
  private int thisTurn;
  private int small;
  private long lastRead;
  private boolean readSinceLook;
  private @Nullable ScheduledFuture<?> look;

  /** Nothing has come yet. */
  BulkReads(Channel source) {
    this.source = source;
  }

  /** So many bytes have come, perhaps not all of this turn: TLS gives them record by record. */
  void read(int bytes) {
    thisTurn += bytes;
  }

  /**
   * That was all for which the event loop was woken.
   *
   * @param now as {@link System#nanoTime}
   */
  void readComplete(long now) {
    readSinceLook = true;
    boolean goesOn = thisTurn < SMALL && now - lastRead < PAUSE_NANOS;
    small = goesOn ? small + thisTurn : 0;
    thisTurn = 0;
    lastRead = now;
    if (small >= STREAM && look == null && source instanceof EpollSocketChannel) {
      wakeAt(TOGETHER);
      lookLater();
    }
  }

  /** No more will come. */
  void end() {
    if (look != null) {
      look.cancel(false);
    }
  }

  private void lookLater() {
    readSinceLook = false;
    look = source.eventLoop().schedule(this::look, PAUSE_NANOS, TimeUnit.NANOSECONDS);
  }

  private void look() {
    if (readSinceLook) {
      lookLater();
    } else {
      look = null;
      small = 0;
      wakeAt(1);
    }
  }

  private void wakeAt(int bytes) {
    try {
      source.config().setOption(SO_RCVLOWAT, bytes);
    } catch (ChannelException e) {
      // Lost already, which the pump will hear.
      return;
    }
  }
}
