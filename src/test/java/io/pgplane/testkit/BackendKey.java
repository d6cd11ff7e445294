package io.pgplane.testkit;

import java.nio.ByteBuffer;

/** What a CancelRequest must show. */
public final class BackendKey {
  private final int pid;
  private final byte[] secret;

  public BackendKey(int pid, byte[] secret) {
    this.pid = pid;
    this.secret = secret;
  }

  /** Reads the body of a BackendKeyData. */
  static BackendKey of(byte[] body) {
    ByteBuffer buffer = ByteBuffer.wrap(body);
    int pid = buffer.getInt();
    byte[] secret = new byte[buffer.remaining()];
    buffer.get(secret);
    return new BackendKey(pid, secret);
  }

  public int pid() {
    return pid;
  }

  /** Four bytes in protocol 3.0, up to 256 in 3.2. */
  public byte[] secret() {
    return secret;
  }
}
