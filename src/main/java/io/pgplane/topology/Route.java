package io.pgplane.topology;

import java.util.Optional;

/**
 * Maps a login to a backend.
 *
 * @param name its name in logs and problems
 * @param match the logins it takes
 * @param backend the name of a {@link Backend} of the same snapshot
 * @param database the database's name at the server, where it differs from the client's
 * @param login as whom to log in at the server
 * @param connectionLimit how many sessions it may have; 0 for no bound
 * @param timeouts where its own differ from those of the listener
 */
public record Route(
    String name,
    Match match,
    String backend,
    Optional<String> database,
    ServerLogin login,
    int connectionLimit,
    Timeouts timeouts) {

  /** Without bounds of its own. */
  public Route(
      String name, Match match, String backend, Optional<String> database, ServerLogin login) {
    this(name, match, backend, database, login, 0, Timeouts.DEFAULTS);
  }
}
