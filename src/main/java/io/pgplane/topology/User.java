package io.pgplane.topology;

import java.util.Set;

/**
 * Who may log in.
 *
 * @param name the role's name, as the client sends it
 * @param certificateNames the common names of the certificates that are this user's
 * @param rules what keeps it out all the same
 * @param connectionLimit how many sessions it may have; 0 for no bound
 * @param superuser whether the reserve above the limits is for it
 */
public record User(
    String name,
    UserAuth auth,
    Set<String> certificateNames,
    UserRules rules,
    int connectionLimit,
    boolean superuser) {
  public User {
    certificateNames = Set.copyOf(certificateNames);
  }

  /** A user without bounds of its own. */
  public User(String name, UserAuth auth, Set<String> certificateNames, UserRules rules) {
    this(name, auth, certificateNames, rules, 0, false);
  }

  /** A user whom nothing keeps out. */
  public User(String name, UserAuth auth, Set<String> certificateNames) {
    this(name, auth, certificateNames, UserRules.NONE);
  }

  /** A user whose certificates, if any, bear its own name. */
  public User(String name, UserAuth auth) {
    this(name, auth, Set.of(name));
  }
}
