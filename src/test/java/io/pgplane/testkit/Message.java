package io.pgplane.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/** A message from the server. */
public final class Message {
  private final char type;
  private final byte[] body;

  public Message(char type, byte[] body) {
    this.type = type;
    this.body = body;
  }

  public char type() {
    return type;
  }

  public byte[] body() {
    return body;
  }

  /** An Int32 of the body. */
  public int int32(int offset) {
    return ByteBuffer.wrap(body).getInt(offset);
  }

  /** The rest of the body as text. */
  public String text(int offset) {
    return new String(body, offset, body.length - offset, UTF_8);
  }

  /** The zero-terminated strings of the rest of the body. */
  public List<String> strings(int offset) {
    return Arrays.asList(text(offset).split("\0"));
  }

  /** A field of an ErrorResponse or NoticeResponse: {@code C} is the SQLSTATE; empty if absent. */
  public String field(char code) {
    return strings(0).stream()
        .filter(field -> !field.isEmpty() && field.charAt(0) == code)
        .map(field -> field.substring(1))
        .findFirst()
        .orElse("");
  }

  /** The type, and what an error says. */
  @Override
  public String toString() {
    return type == 'E' || type == 'N'
        ? type + "(" + field('C') + " " + field('M') + ")"
        : type + "[" + body.length + "]";
  }
}
