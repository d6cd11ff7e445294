package io.pgplane.topology;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The logins a route is for; all parts must match.
 *
 * @param database the database the client asked for
 * @param user the user who logged in
 * @param sni the host name the client asked TLS for, in lower case; a client that named none names
 *     the empty one
 * @param applicationName as the client calls itself; one that does not is called the empty name
 * @param listener the name of the listener that accepted the client
 * @param source where the client may come from; from anywhere if there is none
 * @param tls whether the client's connection has TLS; whether or not if empty
 * @param replication whether it wants to speak the replication protocol; whether or not if empty
 */
public record Match(
    NamePattern database,
    NamePattern user,
    NamePattern sni,
    NamePattern applicationName,
    NamePattern listener,
    List<Cidr> source,
    Optional<Boolean> tls,
    Optional<Boolean> replication) {
  public static final Match ANY = new Match(NamePattern.ANY, NamePattern.ANY, NamePattern.ANY);

  private static final List<MatchKey> KEYS = List.of(MatchKey.values());

  public Match {
    source = List.copyOf(source);
  }

  /** The logins with these names, whatever else they are. */
  public Match(NamePattern database, NamePattern user, NamePattern sni) {
    this(
        database,
        user,
        sni,
        NamePattern.ANY,
        NamePattern.ANY,
        List.of(),
        Optional.empty(),
        Optional.empty());
  }

  /** Whether the login is one of these. */
  public boolean matches(LoginFacts login) {
    return mismatch(login) == null;
  }

  /** The first key that keeps the login out; null if none does. */
  public @Nullable MatchKey mismatch(LoginFacts login) {
    for (MatchKey key : KEYS) {
      if (!matches(key, login)) {
        return key;
      }
    }
    return null;
  }

  private boolean matches(MatchKey key, LoginFacts login) {
    return switch (key) {
      case DATABASE, USER, SNI, APPLICATION_NAME, LISTENER ->
          pattern(key).matches(name(key, login));
      case SOURCE -> Cidr.anyContains(source, login.source());
      case TLS -> tls.isEmpty() || tls.get() == login.tls();
      case REPLICATION -> replication.isEmpty() || replication.get() == login.replication();
    };
  }

  /** Whether it takes every login that the other takes; false may mean that it is not known. */
  boolean covers(Match other) {
    return MatchKey.NAMES.stream().allMatch(key -> pattern(key).covers(other.pattern(key)))
        && Cidr.cover(source, other.source)
        && (tls.isEmpty() || tls.equals(other.tls))
        && (replication.isEmpty() || replication.equals(other.replication));
  }

  /** The pattern under a key that has one. */
  NamePattern pattern(MatchKey key) {
    return switch (key) {
      case DATABASE -> database;
      case USER -> user;
      case SNI -> sni;
      case APPLICATION_NAME -> applicationName;
      case LISTENER -> listener;
      default -> throw new IllegalArgumentException(key + " is no pattern");
    };
  }

  /** The name that the pattern under a key is held against. */
  static String name(MatchKey key, LoginFacts login) {
    return switch (key) {
      case DATABASE -> login.database();
      case USER -> login.user();
      case SNI -> login.sni();
      case APPLICATION_NAME -> login.applicationName();
      case LISTENER -> login.listener();
      default -> throw new IllegalArgumentException(key + " is no pattern");
    };
  }
}
