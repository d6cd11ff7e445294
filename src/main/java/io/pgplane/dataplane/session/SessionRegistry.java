package io.pgplane.dataplane.session;

import io.pgplane.topology.Snapshot;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Stream;

/** The sessions of this member that are alive, on whichever event loop; used by any thread. */
public final class SessionRegistry {
  private final ConcurrentNavigableMap<Long, Session> sessions = new ConcurrentSkipListMap<>();

  void add(Session session) {
    sessions.put(session.facts().id(), session);
  }

  void remove(Session session) {
    sessions.remove(session.facts().id());
  }

  public int size() {
    return sessions.size();
  }

  /**
   * How some of them do, the oldest first.
   *
   * @param most so many, and no more
   * @return completed on whichever thread
   */
  public Future<List<SessionView>> list(SessionFilter filter, int most) {
    List<Future<SessionView>> views = those(filter).limit(most).map(Session::view).toList();
    return Future.join(views).map(all -> all.list());
  }

  /**
   * Ends a session with 57P01 as soon as it is idle, or after its {@code timeouts.drain}, whatever
   * it does then; one that is still logging in, at once.
   *
   * @return whether there is one
   */
  public boolean end(long id) {
    Optional<Session> session = Optional.ofNullable(sessions.get(id));
    session.ifPresent(one -> one.part(Farewell.COMMAND));
    return session.isPresent();
  }

  /** Ends some of them so, and says how many. */
  public int endAll(SessionFilter filter) {
    List<Session> chosen = those(filter).toList();
    chosen.forEach(session -> session.part(Farewell.COMMAND));
    return chosen.size();
  }

  /**
   * Other users and backends are in force: ends the sessions, and the logins, of users that are
   * gone, and has those leave whose servers are gone.
   */
  public void changed(Snapshot before, Snapshot after) {
    RuleChange change = new RuleChange(before, after);
    for (Session session : sessions.values()) {
      change.farewell(session.facts()).ifPresent(session::part);
    }
  }

  /** Ends each session as soon as it is idle; completed when all have ended. */
  public Future<Void> drain() {
    return Future.join(sessions.values().stream().map(one -> one.part(Farewell.SHUTDOWN)).toList())
        .mapEmpty();
  }

  private Stream<Session> those(SessionFilter filter) {
    return sessions.values().stream().filter(session -> filter.takes(session.facts()));
  }
}
