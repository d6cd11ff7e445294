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
 * @param connectionLimit how many sessions it may have; 0 for no bound
 * @param timeouts where its own differ from those of the listener
 * @param clientAddress how the server is told where the client comes from
 */
public record Route(
    String name,
    Match match,
    Template backend,
    Optional<Template> database,
    Role role,
    ServerLogin login,
    int connectionLimit,
    Timeouts timeouts,
    ClientAddress clientAddress) {

  /** To servers of any role, by names that are the same for every login. */
  public Route(
      String name, Match match, String backend, Optional<String> database, ServerLogin login) {
    this(
        name,
        match,
        new Template(backend),
        database.map(Template::new),
        Role.ANY,
        login,
        0,
        Timeouts.DEFAULTS,
        ClientAddress.UNTOLD);
  }

  /** The same to servers of this role. */
  public Route to(Role other) {
    return new Route(
        name, match, backend, database, other, login, connectionLimit, timeouts, clientAddress);
  }

  /** The same with bounds of its own. */
  public Route bounded(int sessions, Timeouts others) {
    return new Route(name, match, backend, database, role, login, sessions, others, clientAddress);
  }

  /** The same, whose servers are told where clients come from. */
  public Route telling(ClientAddress other) {
    return new Route(name, match, backend, database, role, login, connectionLimit, timeouts, other);
  }
}
