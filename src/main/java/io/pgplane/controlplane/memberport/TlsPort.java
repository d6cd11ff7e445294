package io.pgplane.controlplane.memberport;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.pgplane.controlplane.memberport.Handshakes.Handshake;
import io.pgplane.dataplane.stream.AcceptPace;
import io.pgplane.observability.LogRate;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.PfxOptions;
import io.vertx.core.spi.transport.Transport;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bounds the unfinished handshakes of a port on which Vert.x listens with TLS. It is the handler of
 * the listening channel, which sees each connection when it is accepted; Vert.x shows it only after
 * its handshake.
 */
public final class TlsPort extends ChannelInitializer<Channel> {
  private static final Logger LOG = LoggerFactory.getLogger(TlsPort.class);
  private static final LogRate RATE = new LogRate();

  /** Those that have given way are open until their event loop closes them. */
  private static final int MOST_OPEN = 2 * Handshakes.MOST;

  private final Consumer<ChannelHandlerContext> begun;

  /**
   * Bounds the handshakes of a port.
   *
   * @param begun gets the handler of TLS when the first bytes of a connection have come
   */
  private TlsPort(Consumer<ChannelHandlerContext> begun) {
    this.begun = begun;
  }

  /**
   * Puts one on each port with a {@link Key}, and on that of the event bus, whose frames are
   * bounded, too. All other ports accept at the {@link AcceptPace} of their event loops.
   *
   * @param eventBus whether there is one: it is the first that listens by this transport, before
   *     anybody has its Vert.x
   */
  public static Transport on(Transport transport, boolean eventBus) {
    AtomicBoolean first = new AtomicBoolean(eventBus);
    return (Transport)
        Proxy.newProxyInstance(
            Transport.class.getClassLoader(),
            new Class<?>[] {Transport.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("configure")
                  && arguments[arguments.length - 1] instanceof ServerBootstrap server
                  && arguments[0] instanceof NetServerOptions options) {
                if (first.getAndSet(false)) {
                  server.handler(
                      new TlsPort(
                          tls -> tls.pipeline().addAfter(tls.name(), null, new BusFrames())));
                } else if (options.getKeyCertOptions() instanceof Key) {
                  server.handler(new TlsPort(tls -> {}));
                } else {
                  server.handler(new AcceptPace());
                }
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
    listening.pipeline().addLast(new Accepted(listening, begun));
  }

  /** The mark of a port: a transport sees nothing of a server but its options. */
  public static final class Key extends PfxOptions {
    /** Marks the port that shows this key. */
    public Key(PfxOptions shown) {
      super(shown);
    }

    @Override
    public Key copy() {
      return new Key(this);
    }
  }

  private static final class Accepted extends ChannelInboundHandlerAdapter {
    private final Channel listening;
    private final Consumer<ChannelHandlerContext> begun;
    private final Handshakes handshakes;
    private int open;

    Accepted(Channel listening, Consumer<ChannelHandlerContext> begun) {
      this.listening = listening;
      this.begun = begun;
      this.handshakes = new Handshakes(listening.eventLoop());
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object accepted) {
      if (accepted instanceof Channel connection
          && connection.remoteAddress() instanceof InetSocketAddress peer) {
        InetAddress address = peer.getAddress();
        Handshake handshake =
            handshakes.accepted(address, reason -> close(connection, address, reason));
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
        connection.pipeline().addLast(new FirstBytes(begun, end));
      }
      context.fireChannelRead(accepted);
    }

    private static void close(Channel connection, InetAddress address, String reason) {
      String peer = address.getHostAddress();
      if (RATE.take("unfinished handshakes", peer)) {
        LOG.warn(
            "{}: closing {} before its handshake: {}", connection.localAddress(), peer, reason);
      }
      connection.close();
    }

    /** Accepts no more while too many are open; any thread. */
    private synchronized void count(int change) {
      open += change;
      listening.config().setAutoRead(open < MOST_OPEN);
    }
  }

  /** Vert.x has built its own pipeline when the first bytes come. */
  private static final class FirstBytes extends ChannelInboundHandlerAdapter {
    private final Consumer<ChannelHandlerContext> begun;
    private final Runnable proved;

    FirstBytes(Consumer<ChannelHandlerContext> begun, Runnable proved) {
      this.begun = begun;
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
      begun.accept(tls);
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
