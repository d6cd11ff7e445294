package io.pgplane.dataplane.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.util.ReferenceCountUtil;
import io.pgplane.testkit.Await;
import io.pgplane.testkit.ClientTool;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BulkReadsTest {
  private static final IntegerUnixChannelOption SO_RCVLOWAT =
      new IntegerUnixChannelOption("SO_RCVLOWAT", 1, 18);
  private static final int PIECE = 8 * 1024;
  private static final int MANY = 1_000;
  private static final long A_LITTLE = TimeUnit.MICROSECONDS.toNanos(30);
  private static final long A_PAUSE = TimeUnit.MILLISECONDS.toNanos(1);

  private EventLoopGroup group;
  private Channel source;
  private final CompletableFuture<Channel> peer = new CompletableFuture<>();
  private final AtomicInteger arrived = new AtomicInteger();

  @BeforeEach
  void connect() throws Exception {
    if (!Epoll.isAvailable()) {
      throw ClientTool.skipped("there is no epoll here");
    }
    group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    Channel server =
        new ServerBootstrap()
            .group(group)
            .channel(EpollServerSocketChannel.class)
            .childHandler(
                new ChannelInboundHandlerAdapter() {
                  @Override
                  public void channelActive(ChannelHandlerContext ctx) {
                    peer.complete(ctx.channel());
                  }
                })
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .sync()
            .channel();
    source =
        new Bootstrap()
            .group(group)
            .channel(EpollSocketChannel.class)
            .handler(
                new ChannelInboundHandlerAdapter() {
                  @Override
                  public void channelRead(ChannelHandlerContext ctx, Object bytes) {
                    arrived.addAndGet(((ByteBuf) bytes).readableBytes());
                    ReferenceCountUtil.release(bytes);
                  }
                })
            .connect(server.localAddress())
            .sync()
            .channel();
  }

  @AfterEach
  void close() throws Exception {
    if (group != null) {
      group.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
    }
  }

  @Test
  void waitsForMoreOnlyWhileSmallPiecesComeWithoutAPause() throws Exception {
    assertThat(wakesAtAfter(MANY, PIECE, A_LITTLE)).isGreaterThan(PIECE);

    Await.until("each byte counts again", () -> wakesAt() == 1);
  }

  @Test
  void getsTheEndOfAStream() throws Exception {
    BulkReads reads = new BulkReads(source);
    source.eventLoop().submit(() -> pieces(reads, MANY, PIECE, A_LITTLE)).sync();

    peer.get().writeAndFlush(Unpooled.wrappedBuffer(new byte[100]));

    Await.until("all of it is there", () -> arrived.get() == 100);
  }

  @Test
  void waitsForNothingAfterFewPieces() throws Exception {
    assertThat(wakesAtAfter(100, PIECE, A_LITTLE)).isEqualTo(1);
  }

  @Test
  void waitsForNothingAsLongAsThereArePauses() throws Exception {
    assertThat(wakesAtAfter(MANY, PIECE, A_PAUSE)).isEqualTo(1);
  }

  @Test
  void waitsForNothingWhereMuchComesAtOnceAnyway() throws Exception {
    // Each half of it is little.
    assertThat(wakesAtAfter(MANY, 48 * 1024, A_LITTLE)).isEqualTo(1);
  }

  @Test
  void looksNoMoreOnceTheSocketIsClosed() throws Exception {
    BulkReads reads = new BulkReads(source);
    source.eventLoop().submit(() -> pieces(reads, MANY, PIECE, A_LITTLE)).sync();

    source.eventLoop().submit(reads::end).sync();

    // Later than any look would be.
    int later = source.eventLoop().schedule(this::wakesAt, 5, TimeUnit.MILLISECONDS).get();
    assertThat(later).isGreaterThan(PIECE);
  }

  private int wakesAtAfter(int pieces, int size, long nanosBetween) throws Exception {
    BulkReads reads = new BulkReads(source);
    return source
        .eventLoop()
        .submit(
            () -> {
              pieces(reads, pieces, size, nanosBetween);
              return wakesAt();
            })
        .get();
  }

  private static void pieces(BulkReads reads, int pieces, int size, long nanosBetween) {
    long now = System.nanoTime();
    for (int i = 0; i < pieces; i++) {
      now += nanosBetween;
      reads.read(size / 2);
      reads.read(size / 2);
      reads.readComplete(now);
    }
  }

  private int wakesAt() {
    return source.config().getOption(SO_RCVLOWAT);
  }
}
