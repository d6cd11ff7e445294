package io.pgplane.dataplane.relay;

import io.netty.buffer.ByteBuf;

/**
 * Follows the messages of one direction by their headers alone: a type, and a length that includes
 * itself (PostgreSQL, "Messaging Overview"). A length that cannot be ends the tracking, not the
 * session: the peer is the one to complain.
 */
abstract class MessageTracker {
  private static final int HEADER = 5;

  private int headerSeen;
  private byte type;
  private int length;
  private int bodyLeft;
  private boolean atBody;
  private boolean lost;

  /** Looks at bytes that pass; takes none. */
  final void follow(ByteBuf bytes) {
    int at = bytes.readerIndex();
    int end = bytes.writerIndex();
    while (at < end && !lost) {
      if (bodyLeft > 0) {
        if (atBody) {
          atBody = false;
          body(type, bytes.getByte(at));
        }
        int passed = Math.min(bodyLeft, end - at);
        bodyLeft -= passed;
        at += passed;
      } else if (headerSeen == 0 && end - at >= HEADER) {
        type = bytes.getByte(at);
        length = bytes.getInt(at + 1);
        at += HEADER;
        begin();
      } else {
        headerByte(bytes.getByte(at++));
      }
    }
  }

  /** Whether the last message is complete and the next has not begun. */
  final boolean atBoundary() {
    return !lost && headerSeen == 0 && bodyLeft == 0;
  }

  /** A message begins. */
  abstract void message(byte type);

  /** The first byte of its body passes. */
  void body(byte type, byte first) {}

  private void headerByte(byte next) {
    if (headerSeen == 0) {
      type = next;
      length = 0;
    } else {
      length = (length << 8) | (next & 0xFF);
    }
    if (++headerSeen == HEADER) {
      headerSeen = 0;
      begin();
    }
  }

  private void begin() {
    if (length < 4) {
      lost = true;
      return;
    }
    bodyLeft = length - 4;
    atBody = true;
    message(type);
  }
}
