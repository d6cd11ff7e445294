package io.pgplane.dataplane.stream;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.uring.IoUringChannelOption;
import io.netty.channel.uring.IoUringSocketChannel;
import io.pgplane.topology.Tcp;
import java.time.Duration;

/** How a socket finds out that nobody is there any more. */
final class TcpOptions {
  private TcpOptions() {}

  /** Sets what the transport has: on Linux all of it, elsewhere nothing. */
  static void set(Channel channel, Tcp tcp) {
    boolean uring = channel instanceof IoUringSocketChannel;
    set(
        channel,
        uring ? IoUringChannelOption.TCP_KEEPIDLE : EpollChannelOption.TCP_KEEPIDLE,
        seconds(tcp.keepAliveIdle()));
    set(
        channel,
        uring ? IoUringChannelOption.TCP_KEEPINTVL : EpollChannelOption.TCP_KEEPINTVL,
        seconds(tcp.keepAliveInterval()));
    set(
        channel,
        uring ? IoUringChannelOption.TCP_KEEPCNT : EpollChannelOption.TCP_KEEPCNT,
        tcp.keepAliveCount());
    set(
        channel,
        uring ? IoUringChannelOption.TCP_USER_TIMEOUT : EpollChannelOption.TCP_USER_TIMEOUT,
        (int) tcp.userTimeout().toMillis());
  }

  private static void set(Channel channel, ChannelOption<Integer> option, int value) {
    if (value > 0) {
      try {
        channel.config().setOption(option, value);
      } catch (ChannelException e) {
        // Lost already, which whoever reads will hear.
        return;
      }
    }
  }

  private static int seconds(Duration duration) {
    return duration.isZero() ? 0 : Math.max(1, (int) duration.toSeconds());
  }
}
