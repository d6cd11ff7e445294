package io.pgplane.dataplane.relay;

/**
 * Where client and server stand, by the messages that have passed.
 *
 * <p>Each Query, Sync and FunctionCall earns one ReadyForQuery. A client that sends Sync into a
 * COPY earns one less than is counted here, so its session looks busy when it is not: the safe
 * side.
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
        void message(byte type) {}

        @Override
        void body(byte type, byte first) {
          if (type == 'Z') {
            ready(first);
          }
        }
      };

  private int readyAwaited;
  private boolean unsynced;
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
    return readyAwaited == 0 && !unsynced && fromClient.atBoundary() && fromServer.atBoundary();
  }

  private void clientSent(byte type) {
    switch (type) {
      case 'Q', 'S', 'F' -> {
        readyAwaited++;
        unsynced = false;
      }
      case 'P', 'B', 'D', 'E', 'C', 'H' -> unsynced = true;
      default -> {
        // COPY data earns nothing, and may come after its COPY has failed.
      }
    }
  }

  private void ready(byte status) {
    if (readyAwaited > 0) {
      readyAwaited--;
    }
    transactionStatus = status;
  }
}
