package io.pgplane.protocol.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A string as it came over the wire: bytes in an encoding nobody has named, none of them zero. What
 * is passed on stays as it was; only what is looked up is read as UTF-8.
 */
public final class CString {
  /** NAMEDATALEN - 1: PostgreSQL cuts longer names of users and databases, at any byte. */
  private static final int MAX_NAME = 63;

  private final byte[] bytes;

  CString(byte[] bytes) {
    this.bytes = bytes;
  }

  public static CString of(String text) {
    return new CString(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Read as UTF-8, with U+FFFD for what is none. */
  public String text() {
    return new String(bytes, StandardCharsets.UTF_8);
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
