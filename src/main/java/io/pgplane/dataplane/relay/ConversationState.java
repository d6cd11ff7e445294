package io.pgplane.dataplane.relay;

import static io.pgplane.dataplane.relay.UnansweredMessages.COPY_END;
import static io.pgplane.dataplane.relay.UnansweredMessages.QUERY;
import static io.pgplane.dataplane.relay.UnansweredMessages.READ_BY_COPY;
import static io.pgplane.dataplane.relay.UnansweredMessages.SYNC;

import java.util.ArrayList;
import java.util.List;

/**
 * How far the server is with what the client has sent.
 *
 * <p>The server answers in order, so each of its messages belongs to the first client message that
 * is not answered. From this follows how it reads the next ones (PostgreSQL, postgres.c and
 * copyfromparse.c):
 *
 * <ul>
 *   <li>Query, FunctionCall and Sync earn one ReadyForQuery each.
 *   <li>An error in an extended-query message makes it ignore everything up to the next Sync.
 *   <li>From CopyInResponse to CopyDone or CopyFail it ignores Sync and Flush. Which ones these are
 *       is known by their place behind the message that began the COPY, wherever CopyInResponse
 *       finds the client.
 *   <li>Outside of that it ignores CopyData, CopyDone and CopyFail.
 * </ul>
 */
final class ConversationState {
  /** Which message has begun a COPY FROM STDIN that is not over. */
  private enum CopyIn {
    NONE,
    BY_EXECUTE,
    BY_QUERY
  }

  private static final int ALL = Integer.MAX_VALUE;

  private UnansweredMessages unanswered;
  private CopyIn copyIn = CopyIn.NONE;

  /** Whether the server still reads what the client sends as a part of the COPY. */
  private boolean copyReads;

  /** Whether the server ignores everything up to a Sync that the client has not sent. */
  private boolean skipping;

  /** Whether extended-query messages have no Sync behind them. */
  private boolean unsynced;

  /** Whether the Query or FunctionCall that is next has been answered with more than a notice. */
  private boolean answerSeen;

  /** How many ReadyForQuery are due, where the unanswered messages became too many; else 0. */
  private int readyOwed;

  ConversationState() {
    unanswered = new UnansweredMessages();
  }

  private ConversationState(ConversationState other, int syncsRead) {
    unanswered = other.unanswered.withReadByCopy(syncsRead);
    copyIn = other.copyIn;
    copyReads = other.copyReads;
    skipping = other.skipping;
    unsynced = other.unsynced;
    answerSeen = other.answerSeen;
    readyOwed = other.readyOwed;
  }

  /**
   * The states in which a COPY, if it fails now, has not read all Syncs that count as read: one
   * less in each. Empty if there are none, or no COPY.
   */
  List<ConversationState> withUnreadSyncs(int most) {
    List<ConversationState> states = new ArrayList<>();
    int read = copyIn == CopyIn.NONE ? 0 : unanswered.readByCopy();
    while (read > 0 && states.size() < most) {
      read--;
      states.add(new ConversationState(this, read));
    }
    return states;
  }

  /** Whether the client waits for nothing, and the server for nothing. */
  boolean quiet() {
    return unanswered.isEmpty()
        && copyIn == CopyIn.NONE
        && !skipping
        && !unsynced
        && readyOwed == 0;
  }

  void clientSent(byte type) {
    switch (type) {
      case 'Q', 'F' -> clientAsks(QUERY);
      case 'S' -> clientSyncs();
      case 'P', 'B', 'D', 'E', 'C' -> {
        unsynced = true;
        if (readyOwed == 0) {
          unanswered.addExtended();
        }
      }
      case 'c', 'f' -> clientEndsCopy();
      default -> {} // CopyData and Flush earn nothing, Terminate ends all, others are an error
    }
  }

  private void clientAsks(int kind) {
    unsynced = false;
    if (readyOwed == 0 && unanswered.isFull()) {
      readyOwed = unanswered.readyOwed() + (copyIn == CopyIn.BY_QUERY ? 1 : 0);
      forgetAll();
    }
    if (readyOwed > 0) {
      readyOwed++;
    } else {
      unanswered.add(kind);
    }
  }

  private void clientSyncs() {
    if (copyReads) {
      if (readyOwed == 0 && !unanswered.isFull()) {
        unanswered.add(READ_BY_COPY);
      }
      return;
    }
    if (skipping) {
      skipping = false;
      unanswered.clear();
    }
    clientAsks(SYNC);
  }

  private void clientEndsCopy() {
    if (copyReads) {
      copyReads = false;
    } else if ((copyIn != CopyIn.NONE || !unanswered.isEmpty()) && !unanswered.isFull()) {
      unanswered.add(COPY_END);
    }
  }

  /** Follows a message, no DataRow; says whether it can be the answer to what is next. */
  boolean serverSent(byte type) {
    return switch (type) {
      case '1', '2', '3', 'n', 's', 'T', 'C', 'I', 'V' -> answered(type);
      case 'G' -> copyInBegins();
      case 'E' -> failed();
      case 'Z' -> ready();
      // Data, what comes at any time, and CopyOutResponse and CopyBothResponse: the server reads
      // on as before, or not at all. 't' has a 'T' or 'n' behind it.
      default -> true;
    };
  }

  private boolean answered(byte type) {
    answerSeen = true;
    boolean fits = true;
    if (copyIn != CopyIn.NONE) {
      copyReads = false;
      unanswered.removeReadByCopy();
      if (copyIn == CopyIn.BY_EXECUTE) {
        copyIn = CopyIn.NONE;
        dropLateCopyEnds();
      }
    } else if (unanswered.extendedAtFront() > 0) {
      unanswered.removeExtended();
      dropLateCopyEnds();
    } else {
      boolean ofQuery = type == 'T' || type == 'C' || type == 'I' || type == 'V';
      fits = readyOwed > 0 || (ofQuery && unanswered.isNext(QUERY));
    }
    return fits;
  }

  /**
   * The COPY may have read the messages behind the one that began it. If nothing has asked for a
   * COPY, nothing changes, as in libpq.
   */
  private boolean copyInBegins() {
    if (copyIn == CopyIn.NONE) { // else it is the next COPY of one Query
      if (unanswered.extendedAtFront() > 0) {
        copyIn = CopyIn.BY_EXECUTE;
        unanswered.removeExtended();
      } else if (unanswered.isNext(QUERY)) {
        copyIn = CopyIn.BY_QUERY;
        unanswered.remove();
      } else if (readyOwed > 0) {
        copyIn = CopyIn.BY_EXECUTE;
      } else {
        return false;
      }
    }
    copyReads = !unanswered.readByCopyToItsEnd();
    unsynced |= copyIn == CopyIn.BY_EXECUTE && !unanswered.hasUnitBehindCopy();
    return true;
  }

  /** A COPY has read all Syncs that count as read by it. */
  private boolean failed() {
    answerSeen = copyIn == CopyIn.NONE;
    boolean extended =
        copyIn == CopyIn.BY_EXECUTE || (copyIn == CopyIn.NONE && unanswered.extendedAtFront() > 0);
    unanswered = copyIn == CopyIn.NONE ? unanswered : unanswered.withReadByCopy(ALL);
    copyReads = false;
    if (extended) {
      copyIn = CopyIn.NONE;
      skipping = !unanswered.skipToSync();
      unsynced = skipping || unanswered.extendedAtEnd() > 0;
    }
    return true;
  }

  private boolean ready() {
    boolean fits = readyOwed > 0 || (!skipping && nextIsAnswered());
    if (readyOwed > 0) {
      readyOwed--;
    } else {
      removeAnswered();
    }
    dropLateCopyEnds();
    return fits;
  }

  private boolean nextIsAnswered() {
    return copyIn == CopyIn.BY_QUERY
        || unanswered.isNext(SYNC)
        || (unanswered.isNext(QUERY) && answerSeen);
  }

  /** A server that says it is ready is in no COPY and skips nothing, whatever has passed. */
  private void removeAnswered() {
    if (copyIn != CopyIn.BY_QUERY && unanswered.hasUnit()) {
      unanswered.remove();
    }
    copyIn = CopyIn.NONE;
    copyReads = false;
    skipping = false;
    answerSeen = false;
  }

  /** No COPY reads them: the server ignores them. */
  private void dropLateCopyEnds() {
    while (copyIn == CopyIn.NONE && unanswered.isNext(COPY_END)) {
      unanswered.remove();
    }
  }

  private void forgetAll() {
    unanswered.clear();
    copyIn = CopyIn.NONE;
    copyReads = false;
    skipping = false;
  }
}
