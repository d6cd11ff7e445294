package io.pgplane.dataplane.session;

import io.pgplane.dataplane.fleet.ServerState;
import io.pgplane.topology.Snapshot;
import java.util.Optional;

/** What a change of users and backends means for a session that has begun before it. */
record RuleChange(Snapshot before, Snapshot after) {
  /** Why the session is to end, if it is. */
  Optional<Farewell> farewell(SessionFacts session) {
    if (session
        .user()
        .filter(user -> mayLogIn(before, user) && !mayLogIn(after, user))
        .isPresent()) {
      return Optional.of(Farewell.USER_GONE);
    }
    return session.server().filter(server -> !names(session.backend(), server)).isPresent()
        ? Optional.of(Farewell.SERVER_GONE)
        : Optional.empty();
  }

  private static boolean mayLogIn(Snapshot topology, String user) {
    return topology.user(user).filter(one -> !one.rules().disabled()).isPresent();
  }

  /** By its host: what a name service says of it is no change of the configuration. */
  private boolean names(Optional<String> backend, ServerState server) {
    return backend.flatMap(after::backend).stream()
        .flatMap(one -> one.servers().stream())
        .anyMatch(one -> one.host().equals(server.host()) && one.port() == server.port());
  }
}
