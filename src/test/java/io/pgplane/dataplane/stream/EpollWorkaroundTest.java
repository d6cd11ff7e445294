package io.pgplane.dataplane.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.pgplane.testkit.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EpollWorkaroundTest {
  @BeforeEach
  void needsEpoll() {
    assumeTrue(Epoll.isAvailable(), "no epoll on this system");
  }

  @Test
  void socketStaysUsableAfterItHasWaitedForNoEvent() throws IOException {
    assertThat(isOpenAfterReadBehindFin(EpollWorkaround.around(EpollIoHandler.newFactory())))
        .isTrue();
  }

  /** If this fails, Netty adds sockets to epoll again: remove the workaround. */
  @Test
  void isStillNeeded() throws IOException {
    assertThat(isOpenAfterReadBehindFin(EpollIoHandler.newFactory())).isFalse();
  }

  private static boolean isOpenAfterReadBehindFin(IoHandlerFactory factory) throws IOException {
    EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, factory);
    BlockingQueue<Channel> halfClosed = new LinkedBlockingQueue<>();
    try (Socket client = new Socket()) {
      client.connect(listen(group, halfClosed));
      client.shutdownOutput();
      Channel channel = halfClosed.poll(10, TimeUnit.SECONDS);
      assertThat(channel).as("the FIN has arrived").isNotNull();
      return group.submit(() -> channel.read().isOpen()).get(10, TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new AssertionError(e);
    } finally {
      group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
  }

  private static InetSocketAddress listen(EventLoopGroup group, Queue<Channel> halfClosed) {
    ChannelFuture bound =
        new ServerBootstrap()
            .group(group)
            .channel(EpollServerSocketChannel.class)
            .childOption(ChannelOption.AUTO_READ, false)
            .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .childHandler(new HalfClosed(halfClosed))
            .bind(InetAddress.getLoopbackAddress(), 0);
    Await.until("it listens", bound::isSuccess);
    return (InetSocketAddress) bound.channel().localAddress();
  }

  /** Tells when the socket has read the FIN and waits for no event. */
  private static final class HalfClosed extends ChannelInboundHandlerAdapter {
    private final Queue<Channel> channels;

    HalfClosed(Queue<Channel> channels) {
      this.channels = channels;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      if (event instanceof ChannelInputShutdownEvent) {
        // Netty changes the events that it waits for right after this.
        context.channel().eventLoop().execute(() -> channels.add(context.channel()));
      }
    }
  }
}
