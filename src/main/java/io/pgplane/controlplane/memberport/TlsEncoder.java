package io.pgplane.controlplane.memberport;

import com.hazelcast.internal.networking.HandlerStatus;
import com.hazelcast.internal.networking.OutboundHandler;
import com.hazelcast.internal.nio.IOUtil;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;

/** Encrypts what goes out, the last of the handlers of its pipeline. */
final class TlsEncoder extends OutboundHandler<ByteBuffer, ByteBuffer> {
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final TlsChannel tls;

  TlsEncoder(TlsChannel tls) {
    this.tls = tls;
  }

  @Override
  public void handlerAdded() {
    initDstBuffer(TlsDecoder.bufferSize(tls.engine()));
  }

  @Override
  public HandlerStatus onWrite() throws SSLException, EOFException {
    tls.writerRuns();
    IOUtil.compactOrClear(dst);
    try {
      return encode();
    } finally {
      dst.flip();
    }
  }

  @Override
  public void interceptError(Throwable error) throws IOException {
    tls.interceptError(error);
  }

  private HandlerStatus encode() throws SSLException, EOFException {
    while (true) {
      HandshakeStatus waitsFor = tls.status();
      switch (waitsFor) {
        case NEED_WRAP -> {
          if (!wrap(NOTHING)) {
            return HandlerStatus.DIRTY;
          }
          tls.wakeReader();
        }
        case NOT_HANDSHAKING -> {
          if (!src.hasRemaining()) {
            return HandlerStatus.CLEAN;
          } else if (!wrap(src)) {
            return HandlerStatus.DIRTY;
          }
        }
        default -> {
          return HandlerStatus.BLOCKED; // the decoder, or a task, wakes this side
        }
      }
    }
  }

  /** Whether there was room. */
  private boolean wrap(ByteBuffer plain) throws SSLException, EOFException {
    SSLEngineResult result = tls.engine().wrap(plain, dst);
    if (result.getStatus() == Status.CLOSED) {
      throw new EOFException("TLS is closed");
    }
    return result.getStatus() != Status.BUFFER_OVERFLOW;
  }
}
