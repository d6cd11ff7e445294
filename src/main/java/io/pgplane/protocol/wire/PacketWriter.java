package io.pgplane.protocol.wire;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/** Builds one packet; its length is filled in at the end. */
final class PacketWriter {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream(64);
  private final int lengthAt;

  private PacketWriter(int lengthAt) {
    this.lengthAt = lengthAt;
  }

  static PacketWriter message(char type) {
    PacketWriter writer = new PacketWriter(1);
    writer.out.write(type);
    return writer.int32(0);
  }

  /** A packet of the time before types: SSLRequest, StartupMessage, CancelRequest. */
  static PacketWriter untyped() {
    return new PacketWriter(0).int32(0);
  }

  PacketWriter int8(int value) {
    out.write(value);
    return this;
  }

  PacketWriter int32(int value) {
    return bytes(ByteBuffer.allocate(4).putInt(value).array());
  }

  PacketWriter bytes(byte[] bytes) {
    out.write(bytes, 0, bytes.length);
    return this;
  }

  PacketWriter cstring(String text) {
    return cstring(CString.of(text));
  }

  PacketWriter cstring(CString text) {
    return bytes(text.bytes()).int8(0);
  }

  byte[] packet() {
    byte[] packet = out.toByteArray();
    ByteBuffer.wrap(packet).putInt(lengthAt, packet.length - lengthAt);
    return packet;
  }
}
