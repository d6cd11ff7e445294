package io.pgplane.controlplane.memberport;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.pgplane.controlplane.memberport.Handshakes.Handshake;
import io.vertx.core.spi.transport.Transport;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Bounds what the port of the event bus takes: unfinished handshakes as on Hazelcast's port, and
 * the length of frames. It is the handler of the listening channel, which sees each connection
 * before Vert.x does.
 */
public final class BusPort extends ChannelInitializer<Channel> {
  /** Those that have given way are open until their event loop closes them. */
  private static final int MOST_OPEN = 2 * Handshakes.MOST;

  private BusPort() {}

  /**
   * Puts one on the first port that listens by this transport. The event bus is the first, before
   * anybody has its Vert.x.
   */
  public static Transport on(Transport transport) {
    AtomicBoolean listens = new AtomicBoolean();
    return (Transport)
        Proxy.newProxyInstance(
            Transport.class.getClassLoader(),
            new Class<?>[] {Transport.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("configure")
                  && arguments[arguments.length - 1] instanceof ServerBootstrap server
                  && listens.compareAndSet(false, true)) {
                server.handler(new BusPort());
              }
              try {
                return method.invoke(transport, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  @Override
  protected void initChannel(Channel listening) {
    listening.pipeline().addLast(new Accepted(listening));
  }

  private static final class Accepted extends ChannelInboundHandlerAdapter {
    private final Channel listening;
    private final Handshakes handshakes;
    private int open;

    Accepted(Channel listening) {
      this.listening = listening;
      this.handshakes = new Handshakes(listening.eventLoop());
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object accepted) {
      if (accepted instanceof Channel connection
          && connection.remoteAddress() instanceof InetSocketAddress peer) {
        Handshake handshake = handshakes.accepted(peer.getAddress(), reason -> connection.close());
        AtomicBoolean counted = new AtomicBoolean(true);
        count(1);
        Runnable end =
            () -> {
              handshake.end();
              if (counted.getAndSet(false)) {
                count(-1);
              }
            };
        connection.closeFuture().addListener(closed -> end.run());
        connection.pipeline().addLast(new FirstBytes(end));
      }
      context.fireChannelRead(accepted);
    }

    /** Accepts no more while too many are open; any thread. */
    private synchronized void count(int change) {
      open += change;
      listening.config().setAutoRead(open < MOST_OPEN);
    }
  }

  /** Vert.x has built its own pipeline when the first bytes come. */
  private static final class FirstBytes extends ChannelInboundHandlerAdapter {
    private final Runnable proved;

    FirstBytes(Runnable proved) {
      this.proved = proved;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object bytes) {
      ChannelHandlerContext tls = context.pipeline().context(SslHandler.class);
      if (tls == null) {
        ReferenceCountUtil.release(bytes);
        context.close();
        return;
      }
      context.pipeline().addAfter(tls.name(), null, new BusFrames());
      ((SslHandler) tls.handler())
          .handshakeFuture()
          .addListener(
              done -> {
                if (done.isSuccess()) {
                  proved.run();
                }
              });
      context.pipeline().remove(this);
      context.fireChannelRead(bytes);
    }
  }
}
