package io.pgplane.config;

import static io.pgplane.config.Key.optional;
import static io.pgplane.config.Key.or;
import static io.pgplane.config.Key.required;

import io.pgplane.topology.Server;
import java.util.List;

/** The keys of {@code backends[].servers[]}. */
final class ServerKeys {
  private static final int MOST = 1_000_000;

  /** A limit of sessions. */
  static final Type<Integer> SESSIONS = Scalars.number("a number of sessions", 0, MOST);

  private static final Key<String> HOST =
      required("host", Scalars.HOST_NAME, "The server's host name or address.");
  private static final Key<Integer> PORT =
      or("5432", "port", Scalars.number("a port", 1, 65535), "The server's port.");
  private static final Key<Integer> WEIGHT =
      or(
          "1",
          "weight",
          Scalars.number("a weight", 1, 1000),
          "Its share of the logins, against those of the others.");
  private static final Key<String> ZONE =
      optional(
          "zone", Scalars.NAME, "Where it stands: members of the same `zone` prefer this server.");
  private static final Key<Integer> CONNECTION_LIMIT =
      or(
          "0",
          "connectionLimit",
          SESSIONS,
          "The most sessions, of all members together; 0 for any number.");
  private static final Key<Boolean> DRAIN =
      or(
          "false",
          "drain",
          Scalars.TRUE_OR_FALSE,
          "Whether it gets no new logins; running sessions go on.");

  static final Shape<Server> SERVER =
      new Shape<>(
          List.of(HOST, PORT, WEIGHT, ZONE, CONNECTION_LIMIT, DRAIN),
          values ->
              new Server(
                  values.get(HOST),
                  values.get(PORT),
                  values.get(WEIGHT),
                  values.find(ZONE),
                  values.get(CONNECTION_LIMIT),
                  values.get(DRAIN)));

  private ServerKeys() {}
}
