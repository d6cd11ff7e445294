package io.pgplane.testkit;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.handler.codec.dns.DatagramDnsQuery;
import io.netty.handler.codec.dns.DatagramDnsQueryDecoder;
import io.netty.handler.codec.dns.DatagramDnsResponse;
import io.netty.handler.codec.dns.DatagramDnsResponseEncoder;
import io.netty.handler.codec.dns.DefaultDnsRawRecord;
import io.netty.handler.codec.dns.DnsQuestion;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.handler.codec.dns.DnsSection;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.dns.AddressResolverOptions;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A name server that knows one name, {@link #NAME}, and what it is told of it. */
public final class NameServer implements AutoCloseable {
  public static final String NAME = "db.example";

  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final AtomicInteger asked = new AtomicInteger();
  private final int ttl;
  private final Channel channel;
  private volatile List<InetAddress> addresses = List.of();
  private volatile boolean answers = true;

  /** Listens on any port that is free; its answers hold for so many seconds. */
  public NameServer(int ttl) throws InterruptedException {
    this.ttl = ttl;
    this.channel =
        new Bootstrap()
            .group(group)
            .channel(NioDatagramChannel.class)
            .handler(
                new ChannelInitializer<NioDatagramChannel>() {
                  @Override
                  protected void initChannel(NioDatagramChannel udp) {
                    udp.pipeline()
                        .addLast(
                            new DatagramDnsQueryDecoder(),
                            new DatagramDnsResponseEncoder(),
                            new Answer());
                  }
                })
            .bind("127.0.0.1", 0)
            .sync()
            .channel();
  }

  /** What the name has from now on; with none, there is no such name. */
  public void has(String... some) throws UnknownHostException {
    InetAddress[] parsed = new InetAddress[some.length];
    for (int i = 0; i < some.length; i++) {
      parsed[i] = InetAddress.getByName(some[i]);
    }
    addresses = List.of(parsed);
  }

  /** Whether it answers from now on. */
  public void answers(boolean does) {
    answers = does;
  }

  /** How often it was asked for addresses of version 4. */
  public int asked() {
    return asked.get();
  }

  /** Where it listens. */
  public int port() {
    return ((InetSocketAddress) channel.localAddress()).getPort();
  }

  /** A Vert.x that asks it, and nobody else. */
  public Vertx vertx() {
    String here = "127.0.0.1:" + port();
    return Vertx.vertx(
        new VertxOptions()
            .setAddressResolverOptions(
                new AddressResolverOptions()
                    .addServer(here)
                    .setSearchDomains(List.of())
                    .setQueryTimeout(500)));
  }

  /** A second time does nothing. */
  @Override
  public void close() {
    if (!channel.isOpen()) {
      return;
    }
    channel.close().syncUninterruptibly();
    group.shutdownGracefully();
  }

  private static DnsRecordType typeOf(InetAddress address) {
    return address instanceof Inet4Address ? DnsRecordType.A : DnsRecordType.AAAA;
  }

  private final class Answer extends SimpleChannelInboundHandler<DatagramDnsQuery> {
    @Override
    protected void channelRead0(ChannelHandlerContext ctx, DatagramDnsQuery query) {
      DnsQuestion question = query.recordAt(DnsSection.QUESTION);
      DatagramDnsResponse response =
          new DatagramDnsResponse(
              /* sender= */ query.recipient(), /* recipient= */ query.sender(), query.id());
      response.addRecord(DnsSection.QUESTION, question);
      List<InetAddress> now = addresses;
      boolean known = question.name().equals(NAME + ".") && !now.isEmpty();
      if (!known) {
        response.setCode(DnsResponseCode.NXDOMAIN);
      } else {
        for (InetAddress address : now) {
          if (typeOf(address).equals(question.type())) {
            response.addRecord(
                DnsSection.ANSWER,
                new DefaultDnsRawRecord(
                    question.name(),
                    question.type(),
                    ttl,
                    Unpooled.wrappedBuffer(address.getAddress())));
          }
        }
      }
      if (question.type().equals(DnsRecordType.A)) {
        asked.incrementAndGet();
      }
      if (answers) {
        ctx.writeAndFlush(response);
      } else {
        response.release();
      }
    }
  }
}
