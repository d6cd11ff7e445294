package io.pgplane.config;

import static io.pgplane.config.Key.optional;
import static io.pgplane.config.Key.or;
import static io.pgplane.config.Key.required;

import io.pgplane.topology.Backend;
import io.pgplane.topology.Match;
import io.pgplane.topology.NamePattern;
import io.pgplane.topology.Route;
import io.pgplane.topology.Server;
import io.pgplane.topology.ServerLogin;
import io.pgplane.topology.ServerTls;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** The keys of {@code routes[]} and {@code backends[]}. */
final class TopologyKeys {
  private static final Type<NamePattern> PATTERN =
      Scalars.text("a name, or * for any", TopologyKeys::pattern);
  private static final Key<NamePattern> MATCH_DATABASE =
      or("*", "database", PATTERN, "The database that the client asks for.");
  private static final Key<NamePattern> MATCH_USER =
      or("*", "user", PATTERN, "The user who logged in.");
  private static final Key<NamePattern> MATCH_SNI =
      or(
          "*",
          "sni",
          Scalars.text("a host name, or * for any", TopologyKeys::sni),
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
  static final Shape<Route> ROUTE =
      new Shape<>(
          List.of(ROUTE_NAME, ROUTE_MATCH, ROUTE_BACKEND, ROUTE_DATABASE, ROUTE_LOGIN),
          TopologyKeys::route);

  private static final Key<String> SERVER_HOST =
      required("host", Scalars.HOST_NAME, "The server's host name or address.");
  private static final Key<Integer> SERVER_PORT =
      or("5432", "port", Scalars.number("a port", 1, 65535), "The server's port.");
  private static final Shape<Server> SERVER =
      new Shape<>(
          List.of(SERVER_HOST, SERVER_PORT),
          values -> new Server(values.get(SERVER_HOST), values.get(SERVER_PORT)));

  private static final Key<ServerTls.Mode> TLS_MODE =
      or(
          "prefer",
          "mode",
          Scalars.choice(ServerTls.Mode.class),
          "What libpq's `sslmode` of the same name means.");
  private static final Key<Path> TLS_CA =
      optional(
          "ca",
          PemFile.CERTIFICATES,
          "The certificates that may sign the server's; those of the system if it is left out.");
  private static final Shape<ServerTls> SERVER_TLS =
      new Shape<>(
          List.of(TLS_MODE, TLS_CA),
          values -> new ServerTls(values.get(TLS_MODE), values.find(TLS_CA)));

  private static final Key<String> BACKEND_NAME =
      required("name", Scalars.NAME, "Its name for the routes; no other backend may have it.");
  private static final Key<List<Server>> SERVERS =
      required("servers", new ListOf<>(SERVER, 1), "Servers that hold the same databases.");
  private static final Key<ServerTls> BACKEND_TLS =
      optional("tls", SERVER_TLS, "TLS towards the servers.");
  static final Shape<Backend> BACKEND =
      new Shape<>(
          List.of(BACKEND_NAME, SERVERS, BACKEND_TLS),
          values ->
              new Backend(
                  values.get(BACKEND_NAME),
                  values.get(SERVERS),
                  values.find(BACKEND_TLS).orElse(ServerTls.PREFER)));

  private TopologyKeys() {}

  private static Route route(Values values) {
    return new Route(
        values.get(ROUTE_NAME),
        values.find(ROUTE_MATCH).orElse(Match.ANY),
        values.get(ROUTE_BACKEND),
        values.find(ROUTE_DATABASE),
        values.get(ROUTE_LOGIN));
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
