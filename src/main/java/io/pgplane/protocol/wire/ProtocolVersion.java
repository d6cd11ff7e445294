package io.pgplane.protocol.wire;

/**
 * A version of protocol 3 (PostgreSQL, "Protocol Versions"). What is new in 3.2 is the length of
 * the cancel key; 3.1 was never used, and is taken for what it asks.
 *
 * @param minor of the version that is spoken
 */
public record ProtocolVersion(int minor) {
  /** What is spoken with servers: every one of them knows it. */
  static final ProtocolVersion OLDEST = new ProtocolVersion(0);

  static final int MAJOR = 3;

  private static final int NEWEST_MINOR = 2;
  private static final int LONG_KEYS_SINCE = 2;

  /** The newest version that is not newer than the one asked for. */
  static ProtocolVersion spoken(int requestedMinor) {
    return new ProtocolVersion(Math.min(requestedMinor, NEWEST_MINOR));
  }

  /** Whether a client that asks for this must be told that it gets less. */
  static boolean isTooNew(int requestedMinor) {
    return requestedMinor > NEWEST_MINOR;
  }

  /** Whether a cancel key may be longer than four bytes. */
  public boolean hasLongCancelKeys() {
    return minor >= LONG_KEYS_SINCE;
  }

  int code() {
    return MAJOR << 16 | minor;
  }
}
