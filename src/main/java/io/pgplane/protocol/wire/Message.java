package io.pgplane.protocol.wire;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** A message of the login: a type byte and a body. */
public final class Message {
  private static final int LONGEST_FIELD = 256;

  private final byte type;
  private final byte[] body;

  public Message(byte type, byte[] body) {
    this.type = type;
    this.body = body;
  }

  public char type() {
    return (char) (type & 0xFF);
  }

  public byte[] body() {
    return body;
  }

  /**
   * One field of an ErrorResponse or NoticeResponse, printable and cut to 256 characters; empty if
   * it is not there, or the body is none (PostgreSQL, "Error and Notice Message Fields").
   */
  public Optional<String> field(char field) {
    int at = 0;
    while (at < body.length && body[at] != 0) {
      int end = at + 1;
      while (end < body.length && body[end] != 0) {
        end++;
      }
      if (body[at] == field) {
        String text = new String(body, at + 1, end - at - 1, StandardCharsets.UTF_8);
        return Optional.of(
            text.codePoints()
                .limit(LONGEST_FIELD)
                .map(c -> Character.isISOControl(c) ? '?' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString());
      }
      at = end + 1;
    }
    return Optional.empty();
  }

  /** The whole message, as it was on the wire. */
  public byte[] toPacket() {
    return PacketWriter.message(type()).bytes(body).packet();
  }
}
