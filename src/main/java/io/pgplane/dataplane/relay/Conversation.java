package io.pgplane.dataplane.relay;

import java.util.ArrayList;
import java.util.List;

/**
 * Where client and server stand, by the messages that have passed.
 *
 * <p>One thing cannot be seen when a COPY FROM STDIN fails: whether the server has read the Syncs
 * that lie behind the message that began the COPY. It nearly always has. It has not if a trigger
 * before the statement fails, say. So all cases are followed that fit what the server says, and the
 * likely one counts. If that is wrong, a session with work in a pipeline behind such a COPY may
 * look idle until the server answers that work.
 */
final class Conversation {
  /** As many states are followed at once. */
  private static final int MOST = 8;

  final MessageTracker fromClient =
      new MessageTracker() {
        @Override
        void message(byte type) {
          for (int i = 0; i < possible.size(); i++) {
            possible.get(i).clientSent(type);
          }
        }
      };
  final MessageTracker fromServer =
      new MessageTracker() {
        @Override
        void message(byte type) {
          if (type == 'E') {
            failed();
          } else if (type != 'D') { // most are rows
            serverSent(type);
          }
        }

        @Override
        void body(byte type, byte first) {
          if (type == 'Z') {
            transactionStatus = first;
          }
        }
      };

  /** The states that fit what has passed, the most likely one first. */
  private final List<ConversationState> possible = new ArrayList<>(1);

  private byte transactionStatus = 'I';

  Conversation() {
    possible.add(new ConversationState());
  }

  /** Whether the client waits for nothing, the server for nothing, and no transaction is open. */
  boolean idle() {
    return quiet() && transactionStatus == 'I';
  }

  /** The same with a transaction that is open. */
  boolean idleInTransaction() {
    return quiet() && transactionStatus != 'I';
  }

  private boolean quiet() {
    return possible.get(0).quiet() && fromClient.atBoundary() && fromServer.atBoundary();
  }

  private void failed() {
    for (int i = 0, before = possible.size(); i < before; i++) {
      possible.addAll(possible.get(i).withUnreadSyncs(MOST - possible.size()));
    }
    serverSent((byte) 'E');
  }

  private void serverSent(byte type) {
    int fitting = 0;
    for (int i = 0; i < possible.size(); i++) {
      ConversationState state = possible.get(i);
      if (state.serverSent(type)) {
        possible.set(fitting, state);
        fitting++;
      }
    }
    while (possible.size() > Math.max(1, fitting)) {
      possible.remove(possible.size() - 1);
    }
  }
}
