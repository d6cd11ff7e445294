package io.pgplane.topology;

import java.util.Optional;

/**
 * Maps a login to a backend.
 *
 * @param name its name in logs and problems
 * @param match the logins it takes
 * @param backend the name of a {@link Backend} of the same snapshot
 * @param database the database's name at the server, where it differs from the client's
 * @param role which of the backend's servers it may take
 * @param login as whom to log in at the server
 */
public record Route(
    String name,
    Match match,
    Template backend,
    Optional<Template> database,
    Role role,
    ServerLogin login) {

  /** To servers of any role, by names that are the same for every login. */
  public Route(
      String name, Match match, String backend, Optional<String> database, ServerLogin login) {
    this(name, match, new Template(backend), database.map(Template::new), Role.ANY, login);
  }
}
