package io.pgplane.dataplane.relay;

import static io.pgplane.dataplane.relay.UnansweredMessages.COPY_END;
import static io.pgplane.dataplane.relay.UnansweredMessages.QUERY;
import static io.pgplane.dataplane.relay.UnansweredMessages.SYNC;

/**
 * Where client and server stand, by the messages that have passed.
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
 *
 * <p>One thing cannot be seen: whether a COPY that fails has read a Sync before. It nearly always
 * has, as the Sync lies before the data; so this is what counts. A ReadyForQuery that comes all the
 * same finds {@link #unexpectedReady}.
 */
final class Conversation {
  final MessageTracker fromClient =
      new MessageTracker() {
        @Override
        void message(byte type) {
          clientSent(type);
        }
      };
  final MessageTracker fromServer =
      new MessageTracker() {
        @Override
        void message(byte type) {
          if (type != 'D') { // most are rows
            serverSent(type);
          }
        }

        @Override
        void body(byte type, byte first) {
          if (type == 'Z') {
            ready(first);
          }
        }
      };

  /** Which message has begun a COPY FROM STDIN that is not over. */
  private enum CopyIn {
    NONE,
    BY_EXECUTE,
    BY_QUERY
  }

  private final UnansweredMessages unanswered = new UnansweredMessages();
  private CopyIn copyIn = CopyIn.NONE;

  /** Whether the server still reads what the client sends as a part of the COPY. */
  private boolean copyReads;

  /** How many Syncs the COPY has ignored. */
  private int syncsInCopy;

  /** Whether the server ignores everything up to a Sync that the client has not sent. */
  private boolean skipping;

  /** Whether extended-query messages have no Sync behind them. */
  private boolean unsynced;

  /** Whether the Query or FunctionCall that is next has been answered with more than a notice. */
  private boolean answerSeen;

  /** The most ReadyForQuery that can come for Syncs counted as ignored. */
  private int unexpectedReady;

  /** How many ReadyForQuery are due, where the unanswered messages became too many; else 0. */
  private int readyOwed;

  private byte transactionStatus = 'I';

  /** Whether the client waits for nothing, the server for nothing, and no transaction is open. */
  boolean idle() {
    return quiet() && transactionStatus == 'I';
  }

  /** The same with a transaction that is open. */
  boolean idleInTransaction() {
    return quiet() && transactionStatus != 'I';
  }

  private boolean quiet() {
    return unanswered.isEmpty()
        && copyIn == CopyIn.NONE
        && !skipping
        && !unsynced
        && readyOwed == 0
        && fromClient.atBoundary()
        && fromServer.atBoundary();
  }

  private void clientSent(byte type) {
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
      default -> {
        // CopyData and Flush earn nothing, Terminate ends all, and others are an error.
      }
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
      syncsInCopy++;
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

  private void serverSent(byte type) {
    switch (type) {
      case 'd', 'Z', 'N', 'S', 'A', 't' -> {
        // Data, and what comes at any time; 't' has a 'T' or 'n' behind it.
      }
      case '1', '2', '3', 'n', 's', 'T', 'C', 'I', 'V' -> answered();
      case 'G' -> copyInBegins();
      case 'E' -> failed();
      default -> {
        // CopyOutResponse and CopyBothResponse: the server reads on as before, or not at all.
      }
    }
  }

  private void answered() {
    answerSeen = true;
    if (copyIn == CopyIn.NONE) {
      if (unanswered.extendedAtFront() > 0) {
        unanswered.removeExtended();
        dropLateCopyEnds();
      }
      return;
    }
    copyReads = false;
    syncsInCopy = 0;
    if (copyIn == CopyIn.BY_EXECUTE) {
      copyIn = CopyIn.NONE;
      dropLateCopyEnds();
    }
  }

  /** The COPY may have read the messages behind the one that began it. */
  private void copyInBegins() {
    if (copyIn == CopyIn.NONE) {
      if (unanswered.extendedAtFront() > 0) {
        copyIn = CopyIn.BY_EXECUTE;
        unanswered.removeExtended();
      } else if (unanswered.isNext(QUERY)) {
        copyIn = CopyIn.BY_QUERY;
        unanswered.remove();
      } else {
        // A COPY failed before it read a Sync that counted as read: what asked for this one is
        // gone.
        copyIn = CopyIn.BY_EXECUTE;
      }
    } // else it is the next COPY of one Query
    while (unanswered.isNext(SYNC)) {
      unanswered.remove();
      syncsInCopy++;
    }
    copyReads = !unanswered.isNext(COPY_END);
    if (!copyReads) {
      unanswered.remove();
    }
    unsynced |= copyIn == CopyIn.BY_EXECUTE && !unanswered.hasUnit();
  }

  private void failed() {
    answerSeen = copyIn == CopyIn.NONE;
    boolean extended =
        copyIn == CopyIn.BY_EXECUTE || (copyIn == CopyIn.NONE && unanswered.extendedAtFront() > 0);
    if (copyIn != CopyIn.NONE) {
      unexpectedReady += syncsInCopy;
      syncsInCopy = 0;
      copyReads = false;
    }
    if (extended) {
      copyIn = CopyIn.NONE;
      skipping = !unanswered.skipToSync();
    }
  }

  private void ready(byte status) {
    transactionStatus = status;
    if (readyOwed > 0) {
      readyOwed--;
    } else if (skipping) {
      // Only a Sync ends the skipping, so the failed COPY had not read that one.
      skipping = false;
      unsynced = unanswered.extendedAtEnd() > 0;
      unexpectedReady = Math.max(0, unexpectedReady - 1);
    } else if (unexpectedReady > 0 && !nextIsAnswered()) {
      unexpectedReady--;
    } else {
      removeAnswered();
    }
    dropLateCopyEnds();
  }

  private boolean nextIsAnswered() {
    return copyIn == CopyIn.BY_QUERY
        || unanswered.isNext(SYNC)
        || (unanswered.isNext(QUERY) && answerSeen);
  }

  private void removeAnswered() {
    if (copyIn == CopyIn.BY_QUERY) {
      copyIn = CopyIn.NONE;
    } else if (unanswered.hasUnit()) {
      unanswered.remove();
    }
    if (answerSeen) {
      // All ReadyForQuery that might have come for earlier Syncs would have come before the answer.
      unexpectedReady = 0;
    }
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
    syncsInCopy = 0;
    skipping = false;
    unexpectedReady = 0;
  }
}
