package io.pgplane.dataplane.session;

import io.vertx.core.Future;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The sessions of this member that are alive, on whichever event loop. */
public final class SessionRegistry {
  private final Set<Session> sessions = ConcurrentHashMap.newKeySet();

  void add(Session session) {
    sessions.add(session);
  }

  void remove(Session session) {
    sessions.remove(session);
  }

  public int size() {
    return sessions.size();
  }

  /** Ends each session as soon as it is idle; completed when all have ended. */
  public Future<Void> drain() {
    return Future.join(sessions.stream().map(Session::drain).toList()).mapEmpty();
  }
}
