package io.pgplane.config;

import static io.pgplane.config.Key.optional;
import static io.pgplane.config.Key.or;
import static io.pgplane.config.Key.required;

import io.pgplane.topology.Match;
import io.pgplane.topology.NamePattern;
import io.pgplane.topology.Route;
import io.pgplane.topology.ServerLogin;
import io.pgplane.topology.Timeouts;
import java.util.List;
import java.util.Locale;

/** The keys of {@code routes[]}. */
final class RouteKeys {
  private static final Type<NamePattern> PATTERN =
      Scalars.text("a name, or * for any", RouteKeys::pattern);
  private static final Key<NamePattern> MATCH_DATABASE =
      or("*", "database", PATTERN, "The database that the client asks for.");
  private static final Key<NamePattern> MATCH_USER =
      or("*", "user", PATTERN, "The user who logged in.");
  private static final Key<NamePattern> MATCH_SNI =
      or(
          "*",
          "sni",
          Scalars.text("a host name, or * for any", RouteKeys::sni),
          "The host name that the client asks TLS for. libpq sends the one it connects to, but no"
              + " address; a client in clear has none, and is matched by `*` alone.");
  private static final Shape<Match> MATCH =
      new Shape<>(
          List.of(MATCH_DATABASE, MATCH_USER, MATCH_SNI),
          values ->
              new Match(values.get(MATCH_DATABASE), values.get(MATCH_USER), values.get(MATCH_SNI)));

  private static final Key<String> ROUTE_NAME =
      required("name", Scalars.NAME, "Its name in logs; no other route may have it.");
  private static final Key<Match> ROUTE_MATCH =
      optional("match", MATCH, "The logins it takes: those that match in all keys given.");
  private static final Key<String> ROUTE_BACKEND =
      required("backend", Scalars.NAME, "The name of the backend that serves it.");
  private static final Key<String> ROUTE_DATABASE =
      optional(
          "database",
          Scalars.NAME,
          "The name of the database at the server; the client's own if it is left out.");
  private static final Key<ServerLogin> ROUTE_LOGIN =
      or(
          "passthrough",
          "login",
          new LoginKeys(),
          "As whom to log in at the server: `passthrough` as the client, by the key that its own"
              + " login shows (the server must hold the same verifier); `trust` as the client, at a"
              + " server that asks for nothing; a map as a service user.");
  private static final Key<Integer> CONNECTION_LIMIT =
      or(
          "0",
          "connectionLimit",
          LimitKeys.SESSIONS,
          "Sessions of this route; the next logins wait for a place. 0 is no bound.");
  private static final Key<Timeouts> TIMEOUTS =
      optional("timeouts", TimeoutKeys.OF_A_ROUTE, "Those that differ from the listener's.");
  static final Shape<Route> ROUTE =
      new Shape<>(
          List.of(
              ROUTE_NAME,
              ROUTE_MATCH,
              ROUTE_BACKEND,
              ROUTE_DATABASE,
              ROUTE_LOGIN,
              CONNECTION_LIMIT,
              TIMEOUTS),
          RouteKeys::route);

  private RouteKeys() {}

  private static Route route(Values values) {
    return new Route(
        values.get(ROUTE_NAME),
        values.find(ROUTE_MATCH).orElse(Match.ANY),
        values.get(ROUTE_BACKEND),
        values.find(ROUTE_DATABASE),
        values.get(ROUTE_LOGIN),
        values.get(CONNECTION_LIMIT),
        values.find(TIMEOUTS).orElse(Timeouts.DEFAULTS));
  }

  private static NamePattern sni(String text) {
    return text.equals(NamePattern.ANY.text())
        ? NamePattern.ANY
        : new NamePattern(Scalars.host(text).toLowerCase(Locale.ROOT));
  }

  private static NamePattern pattern(String text) {
    boolean regex = text.length() > 1 && text.startsWith("/") && text.endsWith("/");
    boolean glob = text.contains("*") && !text.equals("*");
    if (regex || glob) {
      throw Scalars.refused(
          (regex ? "regular expressions are" : "a * inside a name is")
              + " not supported yet; give the exact name, or * for any");
    }
    return new NamePattern(Scalars.name(text));
  }
}
