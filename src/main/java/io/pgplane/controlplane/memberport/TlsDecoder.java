package io.pgplane.controlplane.memberport;

import com.hazelcast.internal.networking.HandlerStatus;
import com.hazelcast.internal.networking.InboundHandler;
import com.hazelcast.internal.nio.IOUtil;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;

/** Decrypts what comes in, the first of the handlers of its pipeline. */
final class TlsDecoder extends InboundHandler<ByteBuffer, ByteBuffer> {
  private final TlsChannel tls;

  /** What is decrypted, and has not found room in the next handler's buffer; ready to be read. */
  private final ByteBuffer plain;

  TlsDecoder(TlsChannel tls) {
    this.tls = tls;
    this.plain = ByteBuffer.allocate(tls.engine().getSession().getApplicationBufferSize()).flip();
  }

  /** Two records fit in: one that is complete, and what has come of the next one. */
  static int bufferSize(SSLEngine engine) {
    return 2 * engine.getSession().getPacketBufferSize();
  }

  @Override
  public void handlerAdded() {
    initSrcBuffer(bufferSize(tls.engine()));
  }

  @Override
  public HandlerStatus onRead() throws SSLException, EOFException {
    tls.readerRuns();
    src.flip();
    try {
      return decode();
    } finally {
      IOUtil.compactOrClear(src);
    }
  }

  private HandlerStatus decode() throws SSLException, EOFException {
    boolean passedOn = false;
    while (true) {
      passedOn |= passOn();
      if (plain.hasRemaining()) {
        // Hazelcast calls this handler again at once, if the next one may have made room.
        return passedOn ? HandlerStatus.DIRTY : HandlerStatus.CLEAN;
      }
      HandshakeStatus waitsFor = tls.status();
      if (waitsFor == HandshakeStatus.NEED_WRAP) {
        tls.wakeWriter();
        return HandlerStatus.BLOCKED; // the encoder wakes this side
      } else if (waitsFor == HandshakeStatus.NEED_TASK) {
        return HandlerStatus.BLOCKED; // the task does
      } else if (!unwrap()) {
        return HandlerStatus.CLEAN;
      }
    }
  }

  private boolean passOn() {
    int length = Math.min(plain.remaining(), dst.remaining());
    if (length > 0) {
      dst.put(dst.position(), plain, plain.position(), length);
      dst.position(dst.position() + length);
      plain.position(plain.position() + length);
    }
    return length > 0;
  }

  /** Whether a whole record was there. */
  private boolean unwrap() throws SSLException, EOFException {
    plain.clear();
    SSLEngineResult result;
    try {
      result = tls.engine().unwrap(src, plain);
    } finally {
      plain.flip();
    }
    if (result.getStatus() == Status.CLOSED) {
      throw new EOFException("the other side has closed TLS");
    } else if (result.getStatus() == Status.BUFFER_OVERFLOW) {
      throw new SSLException("a record that is longer than TLS allows");
    }
    return result.getStatus() == Status.OK;
  }

  @Override
  public void interceptError(Throwable error) throws IOException {
    tls.interceptError(error);
  }
}
