package io.pgplane.controlplane.memberport;

import com.hazelcast.internal.networking.Channel;
import com.hazelcast.internal.networking.ChannelOptions;
import com.hazelcast.internal.networking.HandlerStatus;
import com.hazelcast.internal.networking.InboundPipeline;
import com.hazelcast.internal.networking.OutboundPipeline;
import java.io.ByteArrayOutputStream;
import java.lang.reflect.Proxy;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/** Two pairs of handlers, run as Hazelcast runs them, in one thread and in a random order. */
final class TlsLink implements AutoCloseable {
  /** More than any test needs: a handler that spins, or that is not woken, is found. */
  private static final int MOST_STEPS = 2_000_000;

  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final Handshakes handshakes = new Handshakes(timer);
  private final Random random;
  private final Side client;
  private final Side server;

  TlsLink(MemberTls ofClient, MemberTls ofServer, Random random) throws Exception {
    this.random = random;
    this.client = new Side(ofClient, true);
    this.server = new Side(ofServer, false);
  }

  Side client() {
    return client;
  }

  Side server() {
    return server;
  }

  /** Until nothing moves any more. */
  void run() throws Exception {
    for (int i = 0; i < MOST_STEPS; i++) {
      boolean moved = client.step(server);
      moved |= server.step(client);
      if (!moved) {
        return;
      }
    }
    throw new AssertionError("it spins");
  }

  /** The same where only the server is there. */
  void runServer() throws Exception {
    for (int i = 0; i < MOST_STEPS; i++) {
      boolean moved = server.take(client);
      moved |= server.step(server);
      if (!moved) {
        return;
      }
    }
    throw new AssertionError("it spins");
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }

  /** One end of the connection. */
  final class Side {
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private final ByteArrayOutputStream wire = new ByteArrayOutputStream();
    private final ByteBuffer next;
    private final TlsChannel tls;
    private final TlsDecoder decoder;
    private final TlsEncoder encoder;
    private int taken;
    private boolean readable = true;
    private boolean writable = true;
    private boolean unread;

    private Side(MemberTls own, boolean dials) throws Exception {
      Channel channel = channel();
      tls = new TlsChannel(channel, own.engine(dials), tasks::add, handshakes.dialled(r -> {}));
      decoder = new TlsDecoder(tls);
      encoder = new TlsEncoder(tls);
      decoder.setChannel(channel).handlerAdded();
      encoder.setChannel(channel).handlerAdded();
      // As small as the one that takes the name of the protocol.
      next = ByteBuffer.allocate(3 + random.nextInt(20_000));
      decoder.dst(next);
      encoder.src(ByteBuffer.allocate(0));
    }

    private Channel channel() {
      Object inbound = proxy(InboundPipeline.class, () -> unread = true);
      Object outbound = proxy(OutboundPipeline.class, () -> writable = true);
      Socket socket = new Socket();
      Object options =
          Proxy.newProxyInstance(
              getClass().getClassLoader(),
              new Class<?>[] {ChannelOptions.class},
              (self, method, arguments) -> false);
      return (Channel)
          Proxy.newProxyInstance(
              getClass().getClassLoader(),
              new Class<?>[] {Channel.class},
              (self, method, arguments) ->
                  switch (method.getName()) {
                    case "inboundPipeline" -> inbound;
                    case "outboundPipeline" -> outbound;
                    case "options" -> options;
                    case "socket" -> socket;
                    case "isClosed" -> false;
                    default -> throw new UnsupportedOperationException(method.getName());
                  });
    }

    /** A pipeline, of which the handlers only call {@code wakeup}. */
    private Object proxy(Class<?> type, Runnable woken) {
      return Proxy.newProxyInstance(
          getClass().getClassLoader(),
          new Class<?>[] {type},
          (self, method, arguments) -> {
            woken.run();
            return null;
          });
    }

    void send(byte[] bytes) {
      ByteBuffer rest = encoder.src();
      encoder.src(ByteBuffer.allocate(rest.remaining() + bytes.length).put(rest).put(bytes).flip());
      writable = true;
    }

    byte[] received() {
      return received.toByteArray();
    }

    byte[] sent() {
      return wire.toByteArray();
    }

    boolean authenticated() {
      return tls.authenticated();
    }

    void updateKeys() throws Exception {
      tls.engine().beginHandshake();
      writable = true;
    }

    void closeTls() {
      tls.engine().closeOutbound();
      writable = true;
    }

    /** What Hazelcast does with an error of the decoder. */
    void interceptError(Throwable error) throws Exception {
      decoder.interceptError(error);
    }

    /** Whether the encoder will run, though nothing has come to be sent. */
    boolean encoderIsWoken() {
      return writable;
    }

    /** Changes the last byte of what is sent now. */
    void spoil() throws Exception {
      while (writable) {
        write();
      }
      byte[] all = wire.toByteArray();
      all[all.length - 1] ^= 1;
      replaceSent(all);
    }

    void replaceSent(byte[] bytes) {
      wire.reset();
      wire.writeBytes(bytes);
    }

    /** Whether anything has moved. */
    boolean step(Side peer) throws Exception {
      boolean moved = false;
      if (random.nextBoolean() && !tasks.isEmpty()) {
        tasks.remove().run();
        moved = true;
      }
      if (writable) {
        write();
        moved = true;
      }
      if (peer != this) {
        moved |= take(peer);
      }
      return moved || !tasks.isEmpty();
    }

    /** Runs the encoder, and takes some of what it has made to the wire. */
    void write() throws Exception {
      writable = false;
      HandlerStatus status = encoder.onWrite();
      ByteBuffer made = encoder.dst();
      byte[] some = new byte[random.nextInt(made.remaining() + 1)];
      made.get(some);
      wire.writeBytes(some);
      // Blocked: until it is woken up. Otherwise until all is done.
      writable |= made.hasRemaining() || status == HandlerStatus.DIRTY;
    }

    /** Reads some of what the other side has sent. */
    boolean take(Side peer) throws Exception {
      byte[] all = peer.wire.toByteArray();
      int length = Math.min(all.length - peer.taken, decoder.src().remaining());
      if (!unread && (length == 0 || !readable)) {
        return false;
      }
      readable = true;
      unread = false;
      int some = length == 0 ? 0 : 1 + random.nextInt(length);
      decoder.src().put(Arrays.copyOfRange(all, peer.taken, peer.taken + some));
      peer.taken += some;
      HandlerStatus status;
      do {
        status = decoder.onRead();
        received.write(next.array(), 0, next.position());
        next.clear();
      } while (status == HandlerStatus.DIRTY);
      readable = status != HandlerStatus.BLOCKED;
      return true;
    }
  }
}
