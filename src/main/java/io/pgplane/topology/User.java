package io.pgplane.topology;

import java.util.Set;

/**
 * Who may log in.
 *
 * @param name the role's name, as the client sends it
 * @param certificateNames the common names of the certificates that are this user's
 * @param rules what keeps it out all the same
 */
public record User(String name, UserAuth auth, Set<String> certificateNames, UserRules rules) {
  public User {
    certificateNames = Set.copyOf(certificateNames);
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
