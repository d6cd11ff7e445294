package io.pgplane.protocol.wire;

import io.pgplane.failure.Failures;
import java.util.ArrayList;
import java.util.List;

/** The server's messages of a login: {@code R} and a request code. */
public final class Authentication {
  public static final int OK = 0;
  public static final int CLEARTEXT_PASSWORD = 3;
  public static final int MD5_PASSWORD = 5;
  public static final int SASL = 10;
  public static final int SASL_CONTINUE = 11;
  public static final int SASL_FINAL = 12;

  private final int code;
  private final byte[] data;

  private Authentication(int code, byte[] data) {
    this.code = code;
    this.data = data;
  }

  /**
   * Reads the body of an {@code R} message.
   *
   * @throws io.pgplane.failure.Failure if it is too short
   */
  public static Authentication parse(byte[] body) {
    PacketReader reader = new PacketReader(body);
    return new Authentication(reader.int32(), reader.rest());
  }

  public int code() {
    return code;
  }

  /** What follows the code: a salt, or the SASL data. */
  public byte[] data() {
    return data;
  }

  /**
   * The mechanisms of an AuthenticationSASL, the server's favourite first.
   *
   * @throws io.pgplane.failure.Failure if the list does not end
   */
  public List<String> mechanisms() {
    PacketReader reader = new PacketReader(data);
    List<String> mechanisms = new ArrayList<>();
    for (CString name = reader.cstring(); !name.isEmpty(); name = reader.cstring()) {
      mechanisms.add(name.text());
    }
    if (mechanisms.isEmpty()) {
      throw Failures.protocolViolation("no SASL mechanism offered");
    }
    return mechanisms;
  }

  public static byte[] ok() {
    return PacketWriter.message('R').int32(OK).packet();
  }

  public static byte[] sasl(List<String> mechanisms) {
    PacketWriter writer = PacketWriter.message('R').int32(SASL);
    mechanisms.forEach(writer::cstring);
    return writer.int8(0).packet();
  }

  public static byte[] saslContinue(byte[] data) {
    return PacketWriter.message('R').int32(SASL_CONTINUE).bytes(data).packet();
  }

  public static byte[] saslFinal(byte[] data) {
    return PacketWriter.message('R').int32(SASL_FINAL).bytes(data).packet();
  }
}
