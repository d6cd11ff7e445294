package io.pgplane.topology;

/**
 * Who may log in.
 *
 * @param name the role's name, as the client sends it
 * @param certificates those that are this user's
 * @param rules what keeps it out all the same
 * @param connectionLimit how many sessions it may have; 0 for no bound
 * @param superuser whether the reserve above the limits is for it
 */
public record User(
    String name,
    UserAuth auth,
    CertificateMatch certificates,
    UserRules rules,
    int connectionLimit,
    boolean superuser) {

  /** A user without bounds of its own. */
  public User(String name, UserAuth auth, CertificateMatch certificates, UserRules rules) {
    this(name, auth, certificates, rules, 0, false);
  }

  /** The same with bounds of its own. */
  public User bounded(int sessions, boolean isSuperuser) {
    return new User(name, auth, certificates, rules, sessions, isSuperuser);
  }

  /** A user whom nothing keeps out. */
  public User(String name, UserAuth auth, CertificateMatch certificates) {
    this(name, auth, certificates, UserRules.NONE);
  }

  /** A user whose certificates, if any, bear its own name. */
  public User(String name, UserAuth auth) {
    this(name, auth, CertificateMatch.commonNames(name));
  }
}
