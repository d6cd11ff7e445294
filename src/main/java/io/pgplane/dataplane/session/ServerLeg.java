package io.pgplane.dataplane.session;

import io.pgplane.dataplane.stream.PgStream;
import io.pgplane.failure.Failure;
import io.pgplane.failure.FailureKind;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/** The socket to a server that a session has, one at a time; it is closed with the session. */
final class ServerLeg {
  private @Nullable PgStream socket;
  private boolean ended;

  /** A socket is open: from here on it is closed in here. */
  void own(PgStream opened) {
    giveUp();
    socket = opened;
    if (ended) {
      opened.abort();
    }
  }

  /** The server that was tried last is not needed. */
  void giveUp() {
    if (socket != null) {
      socket.abort();
      socket = null;
    }
  }

  /**
   * Closes it, and what may still be opened.
   *
   * @param cause of the end; after a lost connection nothing is waited for
   * @return completed when the socket is closed
   */
  Future<Void> end(@Nullable Throwable cause) {
    ended = true;
    PgStream last = socket;
    if (last == null) {
      return Future.succeededFuture();
    }
    if (cause instanceof Failure failure && failure.kind() == FailureKind.DISCONNECT) {
      last.abort();
    } else {
      last.close();
    }
    return last.closed();
  }
}
