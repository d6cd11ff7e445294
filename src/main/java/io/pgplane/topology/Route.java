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
 * @param clientSelectable whether a client may choose it by name, and a role within its own
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
    ClientAddress clientAddress,
    boolean clientSelectable) {

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
        ClientAddress.UNTOLD,
        false);
  }

  /** The same to servers of this role. */
  public Route to(Role other) {
    return with(other, connectionLimit, timeouts, clientAddress, clientSelectable);
  }

  /** The same with bounds of its own. */
  public Route bounded(int sessions, Timeouts others) {
    return with(role, sessions, others, clientAddress, clientSelectable);
  }

  /** The same, whose servers are told where clients come from. */
  public Route telling(ClientAddress other) {
    return with(role, connectionLimit, timeouts, other, clientSelectable);
  }

  /** The same, which clients may choose. */
  public Route selectable() {
    return with(role, connectionLimit, timeouts, clientAddress, true);
  }

  /** Whether a client may ask for servers of this role: it must leave a restricted one as it is. */
  public boolean grants(Role wished) {
    return clientSelectable || role == Role.ANY || wished == Role.ANY || wished == role;
  }

  private Route with(
      Role newRole, int sessions, Timeouts others, ClientAddress told, boolean selectable) {
    return new Route(
        name, match, backend, database, newRole, login, sessions, others, told, selectable);
  }
}
