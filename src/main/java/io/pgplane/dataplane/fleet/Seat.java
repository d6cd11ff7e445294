package io.pgplane.dataplane.fleet;

import io.pgplane.dataplane.limit.Place;
import io.pgplane.topology.CircuitRule;

/**
 * A place at a server, held from the pick to the end of the session. Confined to the session's
 * event loop.
 */
public final class Seat implements Pick, Place {
  private final ServerState server;
  private final Quota backend;
  private final CircuitRule rule;
  private final Circuit.State entry;
  private boolean reported;
  private boolean released;

  Seat(ServerState server, Quota backend, CircuitRule rule, Circuit.State entry) {
    this.server = server;
    this.backend = backend;
    this.rule = rule;
    this.entry = entry;
  }

  public ServerState server() {
    return server;
  }

  /** The server has let the login in. */
  public void succeeded() {
    reported = true;
    server.succeeded();
  }

  /**
   * The login has failed, and the server is at fault ({@link io.pgplane.failure.Fault#SERVER}).
   *
   * @param reason for the log
   */
  public void failed(String reason) {
    reported = true;
    server.failed(rule, entry, reason);
  }

  /** Gives the place back; the first call counts. */
  @Override
  public void release() {
    if (released) {
      return;
    }
    released = true;
    if (!reported) {
      server.abandon(entry);
    }
    backend.share().release();
    server.release();
    backend.room().freed();
  }
}
