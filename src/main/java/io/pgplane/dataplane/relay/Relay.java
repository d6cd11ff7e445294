package io.pgplane.dataplane.relay;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.pgplane.dataplane.stream.PgStream;
import io.pgplane.failure.Failure;
import io.pgplane.failure.Failures;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Both directions between a client and its server, on their one event loop, until one of them is
 * gone. Ends by itself when a socket closes; closing the other is the session's part.
 */
public final class Relay {
  private final PgStream client;
  private final PgStream server;
  private final RelayObserver observer;
  private final Conversation conversation = new Conversation();
  private final Promise<Void> ended;
  private long lastPassed = System.nanoTime();
  private @Nullable Welcome welcome;
  private @Nullable Runnable whenIdle;

  /**
   * Makes a relay that has not begun.
   *
   * @param server has sent its AuthenticationOk, and may have sent more
   */
  public Relay(PgStream client, PgStream server, RelayObserver observer) {
    this.client = client;
    this.server = server;
    this.observer = observer;
    this.ended = client.promise();
    this.welcome = new Welcome(observer::backendKeyData);
  }

  /**
   * Takes both sockets over.
   *
   * @param first for the client, before anything of the server
   * @return completed when either side is gone; failed if it went in a way that the other should
   *     know
   */
  public Future<Void> start(byte[]... first) {
    Channel clientChannel = client.channel();
    Channel serverChannel = server.channel();
    // A server that ends a session reads no more. The failed write must not close the socket: the
    // error that tells why is still unread in it.
    serverChannel.config().setAutoClose(false);
    Pump fromClient = new FromClient(this, clientChannel, serverChannel);
    Pump fromServer = new FromServer(this, serverChannel, clientChannel);
    ByteBuf fromClientHeld = client.handOver(fromClient);
    ByteBuf fromServerHeld = server.handOver(fromServer);
    fromServer.send(Unpooled.wrappedBuffer(first));
    fromServer.start(fromServerHeld);
    fromClient.start(fromClientHeld);
    if (client.ended().isComplete()) {
      // It has sent its last words and may still wait for the answer.
      fromClient.shutdownSink();
    }
    return ended.future();
  }

  /** Whether the server's first ReadyForQuery has passed. */
  public boolean isReady() {
    return welcome == null;
  }

  /** Whether a message of our own can go to the client now without tearing one of the server. */
  public boolean atBoundary() {
    return !isReady() || conversation.fromServer.atBoundary();
  }

  /** Whether neither side waits for the other, and no transaction is open. */
  public boolean idle() {
    return isReady() && conversation.idle();
  }

  /** The same with a transaction that is open. */
  public boolean idleInTransaction() {
    return isReady() && conversation.idleInTransaction();
  }

  /**
   * Milliseconds since the last bytes passed. Bytes that wait for a slow client count as passing
   * until they are sent.
   */
  public long quietMillis() {
    long passed = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - lastPassed);
    return Math.min(passed, client.sentMillisAgo());
  }

  /** Calls back once, as soon as the session is idle: now, or after some message of the server. */
  public void whenIdle(Runnable action) {
    whenIdle = action;
    checkIdle();
  }

  void end() {
    ended.tryComplete();
  }

  void end(Failure failure) {
    ended.tryFail(failure);
  }

  private void checkIdle() {
    Runnable action = whenIdle;
    if (action != null && idle()) {
      whenIdle = null;
      action.run();
    }
  }

  private static final class FromClient extends Pump {
    private final Relay relay;

    FromClient(Relay relay, Channel source, Channel sink) {
      super(relay, source, sink, "client");
      this.relay = relay;
    }

    @Override
    void pass(ChannelHandlerContext ctx, ByteBuf bytes) {
      relay.lastPassed = System.nanoTime();
      relay.conversation.fromClient.follow(bytes);
      send(bytes);
    }
  }

  private static final class FromServer extends Pump {
    private final Relay relay;

    FromServer(Relay relay, Channel source, Channel sink) {
      super(relay, source, sink, "server");
      this.relay = relay;
    }

    @Override
    void pass(ChannelHandlerContext ctx, ByteBuf bytes) {
      Welcome welcome = relay.welcome;
      if (welcome == null) {
        forward(bytes);
      } else if (welcome.pass(ctx, bytes, this::send)) {
        relay.welcome = null;
        relay.observer.ready();
        forward(welcome.rest());
      }
    }

    /** Until it is ready, the server owes the client a word; pgplane gives it in its place. */
    private boolean owesAWord() {
      return relay.welcome != null && !relay.welcome.refused();
    }

    @Override
    void closed() {
      if (owesAWord()) {
        relay.end(failed("server closed the connection before its ReadyForQuery"));
      } else {
        super.closed();
      }
    }

    @Override
    Failure failed(String how) {
      return owesAWord() ? Failures.serverLogin(how) : super.failed(how);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
      if (relay.welcome != null) {
        relay.welcome.rest().release();
      }
    }

    private void forward(ByteBuf bytes) {
      relay.lastPassed = System.nanoTime();
      relay.conversation.fromServer.follow(bytes);
      send(bytes);
      relay.checkIdle();
    }
  }
}
