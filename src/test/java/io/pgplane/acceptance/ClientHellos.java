package io.pgplane.acceptance;

import io.pgplane.testkit.TlsWish;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/** The first bytes of a TLS client. */
final class ClientHellos {
  private static final int HEADER = 5;

  private ClientHellos() {}

  /** A ClientHello in records of at most so many bytes. */
  static byte[] records(TlsWish wish, int length) throws SSLException {
    SSLEngine engine = wish.engine();
    ByteBuffer out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
    engine.wrap(ByteBuffer.allocate(0), out);
    byte[] hello = Arrays.copyOfRange(out.array(), HEADER, out.position());
    ByteArrayOutputStream records = new ByteArrayOutputStream();
    for (int at = 0; at < hello.length; at += length) {
      byte[] part = Arrays.copyOfRange(hello, at, Math.min(hello.length, at + length));
      records.writeBytes(new byte[] {22, 3, 1, (byte) (part.length >> 8), (byte) part.length});
      records.writeBytes(part);
    }
    return records.toByteArray();
  }
}
