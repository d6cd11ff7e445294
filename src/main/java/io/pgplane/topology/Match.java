package io.pgplane.topology;

/**
 * The logins a route is for; all parts must match.
 *
 * @param database the database the client asked for
 * @param user the user who logged in
 */
public record Match(NamePattern database, NamePattern user) {
  public static final Match ANY = new Match(NamePattern.ANY, NamePattern.ANY);

  public boolean matches(String database, String user) {
    return this.database.matches(database) && this.user.matches(user);
  }
}
