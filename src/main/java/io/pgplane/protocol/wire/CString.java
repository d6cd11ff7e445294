package io.pgplane.protocol.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.util.Arrays;

/**
 * A string as it came over the wire: bytes in an encoding nobody has named, none of them zero.
 *
 * <p>As a {@link #text} it is read as UTF-8, and a byte that is none becomes a lone surrogate,
 * U+DC00 and the byte, as Python's {@code surrogateescape} does. So two strings have the same text
 * only if they have the same bytes: a name that is looked up is the name that is passed on. {@link
 * #of} is the way back.
 */
public final class CString {
  /** NAMEDATALEN - 1: PostgreSQL cuts longer names of users and databases, at any byte. */
  private static final int MAX_NAME = 63;

  private static final char ESCAPE = 0xDC00;

  /** What a lenient decoder puts in the place of a byte that is no UTF-8. */
  private static final char REPLACEMENT = 0xFFFD;

  private final byte[] bytes;

  CString(byte[] bytes) {
    this.bytes = bytes;
  }

  public static CString of(String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
    text.codePoints()
        .forEach(
            c -> {
              if (c >= ESCAPE + 0x80 && c <= ESCAPE + 0xFF) {
                bytes.write(c - ESCAPE);
              } else {
                bytes.writeBytes(Character.toString(c).getBytes(UTF_8));
              }
            });
    return new CString(bytes.toByteArray());
  }

  public String text() {
    String lenient = new String(bytes, UTF_8);
    return lenient.indexOf(REPLACEMENT) < 0 ? lenient : escaped();
  }

  private String escaped() {
    CharsetDecoder decoder = UTF_8.newDecoder();
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(bytes.length);
    for (CoderResult result = decoder.decode(in, out, true);
        result.isError();
        result = decoder.decode(in, out, true)) {
      for (int i = 0; i < result.length(); i++) {
        out.put((char) (ESCAPE + (in.get() & 0xFF)));
      }
      decoder.reset();
    }
    return out.flip().toString();
  }

  boolean isEmpty() {
    return bytes.length == 0;
  }

  CString asName() {
    return bytes.length <= MAX_NAME ? this : new CString(Arrays.copyOf(bytes, MAX_NAME));
  }

  byte[] bytes() {
    return bytes;
  }

  @Override
  public String toString() {
    return text();
  }
}
