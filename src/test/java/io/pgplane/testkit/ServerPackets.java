package io.pgplane.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;

/** Packets of a server, byte by byte (PostgreSQL, "Message Formats"). */
public final class ServerPackets {
  private ServerPackets() {}

  /** An {@code R} message of any code. */
  public static byte[] authentication(int code, byte[] data) {
    byte[] body = ByteBuffer.allocate(4 + data.length).putInt(code).put(data).array();
    return Packets.message('R', body);
  }

  /** An {@code R} message without data. */
  public static byte[] authentication(int code) {
    return authentication(code, new byte[0]);
  }

  public static byte[] ok() {
    return authentication(0);
  }

  /** An AuthenticationSASL. */
  public static byte[] sasl(String... mechanisms) {
    byte[] names = Packets.strings(mechanisms);
    return authentication(10, ByteBuffer.allocate(names.length + 1).put(names).array());
  }

  public static byte[] saslContinue(String data) {
    return authentication(11, data.getBytes(ISO_8859_1));
  }

  public static byte[] saslFinal(String data) {
    return authentication(12, data.getBytes(ISO_8859_1));
  }

  public static byte[] parameterStatus(String name, String value) {
    return Packets.message('S', Packets.strings(name, value));
  }

  /** A BackendKeyData with a key of zeros. */
  public static byte[] backendKeyData(int keyLength) {
    return Packets.message('K', ByteBuffer.allocate(4 + keyLength).putInt(4711).array());
  }

  /** A ReadyForQuery outside of a transaction. */
  public static byte[] ready() {
    return Packets.message('Z', new byte[] {'I'});
  }

  /** An ErrorResponse; each field is its code and its text. */
  public static byte[] error(String... fields) {
    return fields('E', fields);
  }

  /** A NoticeResponse that is as it should be. */
  public static byte[] notice() {
    return fields('N', "SNOTICE", "VNOTICE", "C00000", "Mall is well");
  }

  /** A header that promises a body of which nothing comes. */
  public static byte[] header(char type, int length) {
    return ByteBuffer.allocate(5).put((byte) type).putInt(length).array();
  }

  private static byte[] fields(char type, String... fields) {
    byte[] strings = Packets.strings(fields);
    return Packets.message(type, ByteBuffer.allocate(strings.length + 1).put(strings).array());
  }
}
