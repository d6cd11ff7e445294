package io.pgplane.topology;

/**
 * The logins a route is for; all parts must match.
 *
 * @param database the database the client asked for
 * @param user the user who logged in
 * @param sni the host name the client asked TLS for, in lower case
 */
public record Match(NamePattern database, NamePattern user, NamePattern sni) {
  public static final Match ANY = new Match(NamePattern.ANY, NamePattern.ANY, NamePattern.ANY);

  /** Whether the login is one of these; a client that has named no host names the empty one. */
  public boolean matches(String database, String user, String sni) {
    return this.database.matches(database) && this.user.matches(user) && this.sni.matches(sni);
  }
}
