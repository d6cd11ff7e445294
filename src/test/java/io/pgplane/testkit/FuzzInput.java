package io.pgplane.testkit;

import java.nio.ByteBuffer;

/** A fuzzer's bytes, cut into parts in a way in which seeds can be written by hand. */
public final class FuzzInput {
  private final ByteBuffer bytes;

  public FuzzInput(byte[] bytes) {
    this.bytes = ByteBuffer.wrap(bytes);
  }

  /** A yes or no. */
  public boolean flag() {
    return bytes.hasRemaining() && (bytes.get() & 1) == 1;
  }

  /** As many bytes as the one before them says, or all that are left. */
  public byte[] part() {
    int length = bytes.hasRemaining() ? bytes.get() & 0xFF : 0;
    return take(Math.min(length, bytes.remaining()));
  }

  /** All that are left. */
  public byte[] rest() {
    return take(bytes.remaining());
  }

  private byte[] take(int count) {
    byte[] part = new byte[count];
    bytes.get(part);
    return part;
  }
}
