package io.pgplane.config;

import static io.pgplane.config.Key.optional;
import static io.pgplane.config.Key.or;
import static io.pgplane.config.Key.required;

import io.pgplane.topology.ClientAddress;
import io.pgplane.topology.Match;
import io.pgplane.topology.Role;
import io.pgplane.topology.Route;
import io.pgplane.topology.ServerLogin;
import io.pgplane.topology.Template;
import io.pgplane.topology.Timeouts;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** The keys of {@code routes[]}. */
final class RouteKeys {
  private static final Pattern SETTING_NAME =
      Pattern.compile("[A-Za-z_][A-Za-z0-9_$]*(\\.[A-Za-z_][A-Za-z0-9_$]*)+");

  private static final Type<Template> TEMPLATE = Scalars.text("a name", RouteKeys::template);

  private static final Key<String> ROUTE_NAME =
      required("name", Scalars.NAME, "Its name in logs; no other route may have it.");
  private static final Key<Match> ROUTE_MATCH =
      optional(
          "match", MatchKeys.MATCH, "The logins it takes: those that match in all keys given.");
  private static final Key<Template> ROUTE_BACKEND =
      required(
          "backend",
          TEMPLATE,
          "The name of the backend that serves it. It may hold captures: `app-${database.1}`.");
  private static final Key<Template> ROUTE_DATABASE =
      optional(
          "database",
          TEMPLATE,
          "The name of the database at the server, which may hold captures too; the client's own if"
              + " it is left out.");
  private static final Key<Role> ROUTE_ROLE =
      or(
          "any",
          "role",
          Scalars.choice(Role.class),
          "Which of the backend's servers it may take, in the words of libpq's"
              + " `target_session_attrs`. With `any`, or `clientSelectable`, a client may ask for less"
              + " with `-c pgplane.target_session_attrs=...` in its `options`.");
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
          "Sessions of this route at all members together; the next logins wait for a place. 0 is no bound.");
  private static final Key<Timeouts> TIMEOUTS =
      optional("timeouts", TimeoutKeys.OF_A_ROUTE, "Those that differ from the listener's.");
  private static final Key<Boolean> IN_APPLICATION_NAME =
      or(
          "false",
          "applicationName",
          Scalars.TRUE_OR_FALSE,
          "Whether address and port are appended to the client's `application_name`, as in `psql -"
              + " 10.0.0.7:40312`; a long name is cut for them. Replication connections keep their"
              + " name, which `synchronous_standby_names` refers to.");
  private static final Key<String> SETTING =
      optional(
          "setting",
          Scalars.text("the name of a setting such as app.client_address", RouteKeys::setting),
          "A setting of your own that holds the address, for `current_setting` and"
              + " `log_line_prefix`-like uses. The client cannot give it another value at its login,"
              + " but by a `SET` later.");
  private static final Key<ClientAddress> CLIENT_ADDRESS =
      optional(
          "clientAddress",
          new Shape<>(
              List.of(IN_APPLICATION_NAME, SETTING),
              values -> new ClientAddress(values.get(IN_APPLICATION_NAME), values.find(SETTING))),
          "How the server is told where the client comes from, as the connection it sees is"
              + " pgplane's own.");
  private static final Key<Boolean> CLIENT_SELECTABLE =
      or(
          "false",
          "clientSelectable",
          Scalars.TRUE_OR_FALSE,
          "Whether a client that it matches may choose it, past the routes before it, with `-c"
              + " pgplane.route=NAME` in its `options`. Others are refused (42501).");
  static final Shape<Route> ROUTE =
      new Shape<>(
          List.of(
              ROUTE_NAME,
              ROUTE_MATCH,
              ROUTE_BACKEND,
              ROUTE_DATABASE,
              ROUTE_ROLE,
              ROUTE_LOGIN,
              CONNECTION_LIMIT,
              TIMEOUTS,
              CLIENT_ADDRESS,
              CLIENT_SELECTABLE),
          RouteKeys::route);

  private RouteKeys() {}

  private static Route route(Values values) {
    Match match = values.find(ROUTE_MATCH).orElse(Match.ANY);
    Template backend = checked(ROUTE_BACKEND, values.get(ROUTE_BACKEND), match);
    Optional<Template> database =
        values.find(ROUTE_DATABASE).map(name -> checked(ROUTE_DATABASE, name, match));
    return new Route(
        values.get(ROUTE_NAME),
        match,
        backend,
        database,
        values.get(ROUTE_ROLE),
        values.get(ROUTE_LOGIN),
        values.get(CONNECTION_LIMIT),
        values.find(TIMEOUTS).orElse(Timeouts.DEFAULTS),
        values.find(CLIENT_ADDRESS).orElse(ClientAddress.UNTOLD),
        values.get(CLIENT_SELECTABLE));
  }

  private static Template checked(Key<Template> key, Template name, Match match) {
    name.problem(match)
        .ifPresent(
            problem -> {
              throw Values.refused(key.name(), problem);
            });
    return name;
  }

  /** What is captured has its length at the login. */
  private static Template template(String text) {
    Template template = new Template(text);
    template.literal().ifPresent(Scalars::name);
    return template;
  }

  /** With a dot: PostgreSQL keeps what it does not know, and has no right to be asked for. */
  private static String setting(String text) {
    if (!SETTING_NAME.matcher(text).matches()) {
      throw Scalars.refused("expected a name with a prefix, such as app.client_address");
    }
    return text;
  }
}
