package io.pgplane.dataplane.relay;

import java.util.Arrays;

/**
 * The messages of the client that the server has not answered, in order. A unit is a message of one
 * of the three kinds, with the number of extended-query messages before it (Parse, Bind, Describe,
 * Execute, Close), each of which the server answers too. Behind the last unit there can be such
 * messages that no Sync follows yet.
 *
 * <p>A unit is an int in a ring, which grows to {@link #CAPACITY} units and becomes small again.
 */
final class UnansweredMessages {
  /** Sync. */
  static final int SYNC = 0;

  /** Query or FunctionCall. */
  static final int QUERY = 1;

  /** CopyDone or CopyFail, which the server answers only as a part of its COPY. */
  static final int COPY_END = 2;

  /** Sync that a COPY has read and ignored, as far as is known. */
  static final int READ_BY_COPY = 3;

  /** As many units are followed one by one. */
  static final int CAPACITY = 1 << 14;

  private static final int SMALL = 8;
  private static final int KIND_BITS = 2;
  private static final int KIND_MASK = (1 << KIND_BITS) - 1;
  private static final int ONE_EXTENDED = 1 << KIND_BITS;

  private int[] units = new int[SMALL];
  private int first;
  private int count;
  private int extendedAtEnd;

  boolean isEmpty() {
    return count == 0 && extendedAtEnd == 0;
  }

  /** Whether there is a unit, be it without extended-query messages before it or with them. */
  boolean hasUnit() {
    return count > 0;
  }

  boolean isFull() {
    return count == CAPACITY;
  }

  /** How many extended-query messages are unanswered before anything else is. */
  int extendedAtFront() {
    return count == 0 ? extendedAtEnd : units[first] >>> KIND_BITS;
  }

  /** How many are unanswered behind the last unit. */
  int extendedAtEnd() {
    return extendedAtEnd;
  }

  /** Whether the next message to be answered is one of this kind. */
  boolean isNext(int kind) {
    return count > 0 && units[first] == kind;
  }

  /** The client has sent an extended-query message. */
  void addExtended() {
    extendedAtEnd++;
  }

  /** The client has sent a message of one of the three kinds; there must be room. */
  void add(int kind) {
    if (count == units.length) {
      grow();
    }
    units[at(count)] = (extendedAtEnd << KIND_BITS) | kind;
    count++;
    extendedAtEnd = 0;
  }

  /** The first extended-query message is answered. */
  void removeExtended() {
    if (count == 0) {
      extendedAtEnd--;
    } else {
      units[first] -= ONE_EXTENDED;
    }
  }

  /** The first unit is answered, or ignored. */
  void remove() {
    first = (first + 1) & (units.length - 1);
    count--;
    if (count == 0 && units.length > SMALL) {
      units = new int[SMALL];
      first = 0;
    }
  }

  /**
   * A COPY begins: the Syncs that are next count as read by it, and so does a CopyDone or CopyFail
   * behind them.
   *
   * @return whether there is one, which is removed
   */
  boolean readByCopyToItsEnd() {
    int syncs = 0;
    while (syncs < count && units[at(syncs)] == SYNC) {
      units[at(syncs)] = READ_BY_COPY;
      syncs++;
    }
    boolean ends = syncs < count && units[at(syncs)] == COPY_END;
    if (ends) {
      units[at(syncs)] = READ_BY_COPY;
      remove();
    }
    return ends;
  }

  /** Whether there is a unit that does not count as read by a COPY. */
  boolean hasUnitBehindCopy() {
    return readByCopy() < count;
  }

  /** How many Syncs count as read by a COPY. */
  int readByCopy() {
    int syncs = 0;
    for (int i = 0; i < count; i++) {
      syncs += kind(i) == READ_BY_COPY ? 1 : 0;
    }
    return syncs;
  }

  /** The COPY is over, and has read them. */
  void removeReadByCopy() {
    while (count > 0 && kind(0) == READ_BY_COPY) {
      remove();
    }
  }

  /** The same where a COPY has failed after it has read this number of Syncs. */
  UnansweredMessages withReadByCopy(int syncs) {
    UnansweredMessages other = new UnansweredMessages();
    int left = syncs;
    for (int i = 0; i < count; i++) {
      other.extendedAtEnd += units[at(i)] >>> KIND_BITS;
      if (kind(i) != READ_BY_COPY) {
        other.add(kind(i));
      } else if (left-- <= 0) {
        other.add(SYNC);
      }
    }
    other.extendedAtEnd += extendedAtEnd;
    return other;
  }

  /**
   * The server ignores everything up to a Sync.
   *
   * @return whether there is one, which is next then; else all is left as it is
   */
  boolean skipToSync() {
    for (int i = 0; i < count; i++) {
      if (kind(i) == SYNC) {
        while (kind(0) != SYNC) {
          remove();
        }
        units[first] = SYNC;
        return true;
      }
    }
    return false;
  }

  /** How many ReadyForQuery the server owes for them. */
  int readyOwed() {
    int owed = 0;
    for (int i = 0; i < count; i++) {
      owed += kind(i) == SYNC || kind(i) == QUERY ? 1 : 0;
    }
    return owed;
  }

  void clear() {
    first = 0;
    count = 0;
    extendedAtEnd = 0;
    units = units.length > SMALL ? new int[SMALL] : units;
  }

  private int at(int index) {
    return (first + index) & (units.length - 1);
  }

  private int kind(int index) {
    return units[at(index)] & KIND_MASK;
  }

  private void grow() {
    int[] larger = Arrays.copyOf(units, 2 * units.length);
    // The part before the first unit goes behind the part from it on.
    System.arraycopy(units, 0, larger, units.length, first);
    units = larger;
  }
}
