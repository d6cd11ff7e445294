package io.pgplane.topology;

import io.pgplane.topology.LoginFacts.Encryption;
import java.util.List;
import java.util.Optional;

/**
 * Lets logins in, or keeps them out, before anybody has proved anything. A list that is empty asks
 * for nothing.
 *
 * @param from where the client comes from
 * @param users who it says it is
 * @param databases which it asks for
 * @param listeners the names of those that accepted it
 * @param replication whether it wants to speak the replication protocol; whether or not if empty
 * @param require what its connection must have, or it is kept out by a rule that would let it in
 */
public record AccessRule(
    Action action,
    List<Cidr> from,
    List<NamePattern> users,
    List<NamePattern> databases,
    List<NamePattern> listeners,
    Optional<Boolean> replication,
    Encryption require) {

  /** What becomes of the logins that a rule is for. */
  public enum Action {
    ALLOW,
    DENY
  }

  public AccessRule {
    from = List.copyOf(from);
    users = List.copyOf(users);
    databases = List.copyOf(databases);
    listeners = List.copyOf(listeners);
  }

  /** Whether it is for this login; what it requires of it is another question. */
  boolean matches(LoginFacts login) {
    return Cidr.anyContains(from, login.source())
        && NamePattern.anyMatches(users, login.user())
        && NamePattern.anyMatches(databases, login.database())
        && NamePattern.anyMatches(listeners, login.listener())
        && (replication.isEmpty() || replication.get() == login.replication());
  }

  Access decide(LoginFacts login) {
    if (action == Action.DENY) {
      return Access.DENIED;
    } else if (login.encryption().compareTo(require) >= 0) {
      return Access.ALLOWED;
    }
    return require == Encryption.TLS ? Access.NEEDS_TLS : Access.NEEDS_CERTIFICATE;
  }
}
