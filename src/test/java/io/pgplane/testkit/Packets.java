package io.pgplane.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/** Packets of a client, byte by byte (PostgreSQL, "Message Formats"). */
public final class Packets {
  public static final int PROTOCOL_3_0 = 3 << 16;
  public static final int PROTOCOL_3_2 = (3 << 16) | 2;

  private static final int SSL_REQUEST = 80877103;
  private static final int GSSENC_REQUEST = 80877104;
  private static final int CANCEL_REQUEST = 80877102;

  private Packets() {}

  /** A StartupMessage of protocol 3.0 with names and values in turn. */
  public static byte[] startup(String... parameters) {
    return startup(PROTOCOL_3_0, parameters);
  }

  /** A StartupMessage with names and values in turn. */
  public static byte[] startup(int protocol, String... parameters) {
    byte[] body = strings(parameters);
    return ByteBuffer.allocate(9 + body.length)
        .putInt(9 + body.length)
        .putInt(protocol)
        .put(body)
        .put((byte) 0)
        .array();
  }

  public static byte[] sslRequest() {
    return ByteBuffer.allocate(8).putInt(8).putInt(SSL_REQUEST).array();
  }

  public static byte[] gssEncRequest() {
    return ByteBuffer.allocate(8).putInt(8).putInt(GSSENC_REQUEST).array();
  }

  /** A CancelRequest for the session that a BackendKeyData named. */
  public static byte[] cancelRequest(BackendKey key) {
    byte[] secret = key.secret();
    return ByteBuffer.allocate(12 + secret.length)
        .putInt(12 + secret.length)
        .putInt(CANCEL_REQUEST)
        .putInt(key.pid())
        .put(secret)
        .array();
  }

  /** A typed message. */
  public static byte[] message(char type, byte[] body) {
    return ByteBuffer.allocate(5 + body.length)
        .put((byte) type)
        .putInt(4 + body.length)
        .put(body)
        .array();
  }

  /** A simple query. */
  public static byte[] query(String sql) {
    return message('Q', strings(sql));
  }

  /** A PasswordMessage in clear. */
  public static byte[] password(String password) {
    return message('p', strings(password));
  }

  /** A SASLInitialResponse. */
  public static byte[] saslInitial(String mechanism, String data) {
    byte[] name = strings(mechanism);
    byte[] bytes = data.getBytes(UTF_8);
    return message(
        'p',
        ByteBuffer.allocate(name.length + 4 + bytes.length)
            .put(name)
            .putInt(bytes.length)
            .put(bytes)
            .array());
  }

  /** A SASLResponse. */
  public static byte[] sasl(String data) {
    return message('p', data.getBytes(UTF_8));
  }

  public static byte[] sync() {
    return message('S', new byte[0]);
  }

  /** A Parse of the unnamed statement, without parameter types. */
  public static byte[] parse(String sql) {
    return message('P', concat(strings("", sql), new byte[2]));
  }

  /** A Bind of the unnamed statement to the unnamed portal, without parameters. */
  public static byte[] bind() {
    return message('B', new byte[8]);
  }

  /** A Describe of the unnamed statement ({@code S}) or portal ({@code P}). */
  public static byte[] describe(char what) {
    return message('D', new byte[] {(byte) what, 0});
  }

  /** An Execute of the unnamed portal, for all rows. */
  public static byte[] execute() {
    return message('E', new byte[5]);
  }

  public static byte[] copyData(String data) {
    return message('d', data.getBytes(UTF_8));
  }

  public static byte[] copyDone() {
    return message('c', new byte[0]);
  }

  public static byte[] terminate() {
    return message('X', new byte[0]);
  }

  private static byte[] concat(byte[] one, byte[] two) {
    return ByteBuffer.allocate(one.length + two.length).put(one).put(two).array();
  }

  /** Strings, each with its zero. */
  public static byte[] strings(String... strings) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (String string : strings) {
      bytes.writeBytes(string.getBytes(UTF_8));
      bytes.write(0);
    }
    return bytes.toByteArray();
  }
}
