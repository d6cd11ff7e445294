package io.pgplane.config;

import static io.pgplane.config.Key.optional;
import static io.pgplane.config.Key.or;

import io.pgplane.topology.Cidr;
import io.pgplane.topology.Match;
import io.pgplane.topology.NamePattern;
import java.util.List;

/** The keys of {@code routes[].match}. */
final class MatchKeys {
  private static final Key<NamePattern> DATABASE =
      or("*", "database", Patterns.NAME, "The database that the client asks for.");
  private static final Key<NamePattern> USER =
      or("*", "user", Patterns.NAME, "The user who logged in.");
  private static final Key<NamePattern> SNI =
      or(
          "*",
          "sni",
          Patterns.HOST,
          "The host name that the client asks TLS for, in lower case. libpq sends the one it"
              + " connects to, but no address; a client that sends none has the empty one.");
  private static final Key<NamePattern> APPLICATION_NAME =
      or(
          "*",
          "applicationName",
          Patterns.TEXT,
          "The client's `application_name`; empty if it sends none.");
  private static final Key<NamePattern> LISTENER =
      or("*", "listener", Patterns.TEXT, "The name of the listener.");
  private static final Key<List<Cidr>> SOURCE =
      optional(
          "source",
          new ListOf<>(Patterns.RANGE, 1),
          "Where the client comes from: addresses, and ranges such as `10.0.0.0/8`.");
  private static final Key<Boolean> TLS =
      optional("tls", Patterns.YES_NO, "Clients with TLS alone, or clients in clear alone.");
  private static final Key<Boolean> REPLICATION =
      optional(
          "replication",
          Patterns.YES_NO,
          "Replication alone, physical or logical, or everything but that.");

  static final Shape<Match> MATCH =
      new Shape<>(
          List.of(DATABASE, USER, SNI, APPLICATION_NAME, LISTENER, SOURCE, TLS, REPLICATION),
          MatchKeys::match);

  private MatchKeys() {}

  private static Match match(Values values) {
    return new Match(
        values.get(DATABASE),
        values.get(USER),
        values.get(SNI),
        values.get(APPLICATION_NAME),
        values.get(LISTENER),
        values.find(SOURCE).orElse(List.of()),
        values.find(TLS),
        values.find(REPLICATION));
  }
}
