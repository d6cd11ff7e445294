package io.pgplane.dataplane.session;

import java.util.Optional;

/**
 * Some of the sessions: those that have all that is named.
 *
 * @param user as it logs in to pgplane
 * @param database as the client has named it
 */
public record SessionFilter(
    Optional<String> user,
    Optional<String> database,
    Optional<String> route,
    Optional<String> backend) {
  /** All of them. */
  public static final SessionFilter ALL =
      new SessionFilter(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

  /** Those of one user. */
  public static SessionFilter ofUser(String name) {
    return new SessionFilter(
        Optional.of(name), Optional.empty(), Optional.empty(), Optional.empty());
  }

  boolean takes(SessionFacts session) {
    return takes(user, session.user())
        && takes(database, session.database())
        && takes(route, session.route())
        && takes(backend, session.backend());
  }

  private static boolean takes(Optional<String> wanted, Optional<String> found) {
    return wanted.isEmpty() || wanted.equals(found);
  }
}
