package io.pgplane.controlplane.memberport;

import com.hazelcast.internal.networking.Channel;
import io.pgplane.controlplane.memberport.Handshakes.Handshake;
import io.pgplane.observability.LogRate;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TLS of one connection between members: what its decoder and its encoder share. Hazelcast runs
 * each of them on another thread.
 */
final class TlsChannel {
  private static final Logger LOG = LoggerFactory.getLogger(TlsChannel.class);
  private static final LogRate RATE = new LogRate();

  private final Channel channel;
  private final SSLEngine engine;
  private final Executor tasks;
  private final Handshake handshake;

  /** Hazelcast cannot wake up a side that it has not run yet, which looks by itself then. */
  private volatile boolean reading;

  private volatile boolean writing;
  private volatile boolean authenticated;
  private final AtomicBoolean failed = new AtomicBoolean();

  /**
   * A connection whose handshake has not begun.
   *
   * @param tasks runs the steps of the handshake that take long
   */
  TlsChannel(Channel channel, SSLEngine engine, Executor tasks, Handshake handshake)
      throws SSLException {
    this.channel = channel;
    this.engine = engine;
    this.tasks = tasks;
    this.handshake = handshake;
    engine.beginHandshake();
  }

  SSLEngine engine() {
    return engine;
  }

  /** Where the peer is, for the log. */
  String peer() {
    return address(channel);
  }

  static String address(Channel channel) {
    InetAddress address = channel.socket().getInetAddress();
    return address == null ? "?" : address.getHostAddress();
  }

  /** Whether the peer has proved that it knows the secret. */
  boolean authenticated() {
    return authenticated;
  }

  void readerRuns() {
    reading = true;
  }

  void writerRuns() {
    writing = true;
  }

  void wakeReader() {
    if (reading) {
      channel.inboundPipeline().wakeup();
    }
  }

  void wakeWriter() {
    if (writing) {
      channel.outboundPipeline().wakeup();
    }
  }

  /**
   * What the handshake waits for. It gives its tasks to the executor, and wakes both sides when it
   * has ended.
   *
   * @throws EOFException if TLS is at its end
   */
  HandshakeStatus status() throws EOFException {
    HandshakeStatus status = engine.getHandshakeStatus();
    if (status == HandshakeStatus.NEED_TASK) {
      runTasks();
    } else if (status == HandshakeStatus.NOT_HANDSHAKING && !authenticated) {
      if (engine.isInboundDone() || engine.isOutboundDone()) {
        throw new EOFException("the handshake has failed");
      }
      authenticated = true;
      handshake.end();
      wakeReader();
      wakeWriter();
    }
    return status;
  }

  /**
   * Takes the place of Hazelcast's own log, which writes a stack trace for each connection that an
   * outsider opens. The other side is woken, too: a socket stays open until both have seen its end,
   * and a side without work looks only every 5 s.
   *
   * @throws EOFException as Hazelcast logs nothing for the end of a connection
   */
  void interceptError(Throwable error) throws EOFException {
    if (!authenticated && error instanceof IOException) {
      if (!failed.getAndSet(true)) {
        if (RATE.take("handshakes between members that failed", peer())) {
          LOG.warn(
              "{} has not proved that it knows cluster.secret: {}", peer(), error.getMessage());
        }
        wakeReader();
        wakeWriter();
      }
      throw new EOFException(error.getMessage());
    }
  }

  private void runTasks() {
    for (Runnable task = engine.getDelegatedTask();
        task != null;
        task = engine.getDelegatedTask()) {
      Runnable next = task;
      tasks.execute(
          () -> {
            if (channel.isClosed()) {
              return; // of a flood: nothing is computed for those that have given way
            }
            next.run();
            wakeReader();
            wakeWriter();
          });
    }
  }
}
