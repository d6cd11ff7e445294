package io.pgplane.hostile;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/** Packets whose parts need not fit together. */
final class RawPackets {
  private RawPackets() {}

  /** Bytes, one for each character. */
  static byte[] bytes(String latin1) {
    return latin1.getBytes(ISO_8859_1);
  }

  static byte[] int32(int value) {
    return ByteBuffer.allocate(4).putInt(value).array();
  }

  static byte[] join(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  /** A packet without a type, with its right length. */
  static byte[] untyped(int code, byte[] rest) {
    return join(int32(8 + rest.length), int32(code), rest);
  }

  /** A message that says it is this long, whatever follows. */
  static byte[] message(char type, int length, byte[] body) {
    return join(new byte[] {(byte) type}, int32(length), body);
  }

  /** A SASLInitialResponse that says its data is this long, whatever follows. */
  static byte[] saslInitial(String mechanism, int length, byte[] data) {
    byte[] body = join(bytes(mechanism), int32(length), data);
    return message('p', 4 + body.length, body);
  }
}
