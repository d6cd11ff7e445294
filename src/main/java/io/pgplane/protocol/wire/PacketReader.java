package io.pgplane.protocol.wire;

import io.pgplane.failure.Failures;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Takes the fields of a packet's body one after the other, in PostgreSQL's order and words. */
final class PacketReader {
  private final ByteBuffer body;

  PacketReader(byte[] body) {
    this.body = ByteBuffer.wrap(body);
  }

  int remaining() {
    return body.remaining();
  }

  int int16() {
    require(2);
    return body.getShort();
  }

  int int32() {
    require(4);
    return body.getInt();
  }

  byte[] bytes(int count) {
    require(count);
    byte[] bytes = new byte[count];
    body.get(bytes);
    return bytes;
  }

  byte[] rest() {
    return bytes(remaining());
  }

  /** The bytes up to the next zero, which is taken too. */
  CString cstring() {
    int start = body.position();
    for (int i = start; i < body.limit(); i++) {
      if (body.get(i) == 0) {
        body.position(i + 1);
        return new CString(Arrays.copyOfRange(body.array(), start, i));
      }
    }
    throw Failures.protocolViolation("invalid string in message");
  }

  void end() {
    if (body.hasRemaining()) {
      throw Failures.protocolViolation("invalid message format");
    }
  }

  private void require(int count) {
    if (count < 0 || count > body.remaining()) {
      throw Failures.protocolViolation("insufficient data left in message");
    }
  }
}
