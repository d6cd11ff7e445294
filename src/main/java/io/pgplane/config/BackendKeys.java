package io.pgplane.config;

import static io.pgplane.config.Key.optional;
import static io.pgplane.config.Key.or;
import static io.pgplane.config.Key.required;

import io.pgplane.topology.Backend;
import io.pgplane.topology.ProxyProtocol;
import io.pgplane.topology.Server;
import io.pgplane.topology.ServerTls;
import java.nio.file.Path;
import java.util.List;

/** The keys of {@code backends[]}. */
final class BackendKeys {
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
  private static final Key<ProxyProtocol> PROXY_PROTOCOL =
      or(
          "off",
          "proxyProtocol",
          new WithOff<>(Scalars.choice(ProxyProtocol.class)),
          "Tells the servers, which must expect it, the client's address in a PROXY header: they are"
              + " themselves behind a proxy that takes one, such as HAProxy or pgplane.");
  static final Shape<Backend> BACKEND =
      new Shape<>(
          List.of(BACKEND_NAME, SERVERS, BACKEND_TLS, PROXY_PROTOCOL),
          values ->
              new Backend(
                  values.get(BACKEND_NAME),
                  values.get(SERVERS),
                  values.find(BACKEND_TLS).orElse(ServerTls.PREFER),
                  values.get(PROXY_PROTOCOL)));

  private BackendKeys() {}
}
