package io.pgplane.config;

import static io.pgplane.config.Key.optional;
import static io.pgplane.config.Key.or;
import static io.pgplane.config.Key.required;

import io.pgplane.topology.Backend;
import io.pgplane.topology.Balancing;
import io.pgplane.topology.CipherSuites;
import io.pgplane.topology.CircuitRule;
import io.pgplane.topology.HealthCheck;
import io.pgplane.topology.ProxyProtocol;
import io.pgplane.topology.Server;
import io.pgplane.topology.ServerTls;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The keys of {@code backends[]}. */
final class BackendKeys {
  private static final Key<ServerTls.Mode> TLS_MODE =
      optional(
          "mode",
          Scalars.choice(ServerTls.Mode.class),
          "What libpq's `sslmode` of the same name means. If it is left out, it is `prefer` for"
              + " `localhost` and loopback addresses, and `require` for all others, whatever a"
              + " name resolves to.");
  private static final Key<Path> TLS_CA =
      optional(
          "ca",
          new CheckedFile(CertificatePath.AUTHORITIES),
          "The certificates that may sign the server's, checked in every mode; a chain must end at a"
              + " self-signed one. If it is left out, those of the system count in the modes"
              + " `verify-ca` and `verify-full`.");
  private static final Key<List<String>> TLS_CIPHERS =
      optional(
          "ciphers",
          new ListOf<>(Scalars.choice(CipherSuites.TLS_1_2), 1),
          "The cipher suites of TLS 1.2; the six that have forward secrecy and authenticated"
              + " encryption if it is left out. Only servers with old libraries need others. The"
              + " three of TLS 1.3 are always on.");
  private static final CertificateKeys SHOWN =
      new CertificateKeys(
          optional(
              "certificate",
              CertificatePath.CHAIN,
              "For servers that ask for a client certificate, such as with `clientcert=verify-ca`:"
                  + " every connection shows it. Those of a route whose `login` has a certificate"
                  + " show that one instead."));
  static final Shape<ServerTls> SERVER_TLS =
      new Shape<>(
          SHOWN.after(TLS_MODE, TLS_CA, TLS_CIPHERS),
          values ->
              new ServerTls(
                  values.find(TLS_MODE),
                  values.find(TLS_CA),
                  SHOWN.find(values),
                  values.find(TLS_CIPHERS).orElse(CipherSuites.STRONG)));

  private static final Key<String> BACKEND_NAME =
      required("name", Scalars.NAME, "Its name for the routes; no other backend may have it.");
  private static final Key<List<Server>> SERVERS =
      required(
          "servers", new ListOf<>(ServerKeys.SERVER, 1), "Servers that hold the same databases.");
  private static final Key<ServerTls> BACKEND_TLS =
      optional("tls", SERVER_TLS, "TLS towards the servers.");
  private static final Key<ProxyProtocol> PROXY_PROTOCOL =
      or(
          "off",
          "proxyProtocol",
          new WithOff<>(Scalars.choice(ProxyProtocol.class)),
          "Tells the servers, which must expect it, the client's address in a PROXY header: they are"
              + " themselves behind a proxy that takes one, such as HAProxy or pgplane.");
  private static final Key<Balancing.Policy> BALANCE =
      or(
          "round-robin",
          "balance",
          Scalars.choice(Balancing.Policy.class),
          "How one of the usable servers is chosen, by their weights: in turn, the one with the"
              + " fewest sessions, the less busy of two that are drawn, by lot, always the `first`"
              + " in the list (which knows no weights), or by a `hash` of the client.");
  private static final Key<Balancing.HashBy> HASH_BY =
      or(
          "user",
          "hashBy",
          Scalars.choice(Balancing.HashBy.class),
          "What `hash` goes by: the client's user name or its address. A server that comes or goes"
              + " moves only its own share.");
  private static final Key<Duration> SLOW_START =
      or(
          "0",
          "slowStart",
          Scalars.DURATION_OR_OFF,
          "In how long a server that has come back gets its full share again.");
  private static final Key<Integer> CONNECTION_LIMIT =
      or(
          "0",
          "connectionLimit",
          ServerKeys.SESSIONS,
          "The most sessions at all its servers, of all members together; 0 for any number.");
  private static final Key<Duration> MAX_LAG =
      or(
          "0",
          "maxLag",
          Scalars.DURATION_OR_OFF,
          "A standby that is later than this, or cannot say how late it is, gets no logins; needs"
              + " `health.user`.");
  private static final Key<Backend.Resolve> RESOLVE =
      or(
          "first",
          "resolve",
          Scalars.choice(Backend.Resolve.class),
          "Of a host name with several addresses, each connection goes to the `first` that accepts"
              + " it; or `all` of its family count as servers. Names are resolved again when their"
              + " TTL is over.");
  private static final Key<HealthCheck> HEALTH =
      optional(
          "health",
          HealthKeys.HEALTH,
          "Probes of the servers; without it, only the failures of logins tell.");
  private static final Key<CircuitRule> CIRCUIT =
      optional("circuit", HealthKeys.CIRCUIT, "When a server that fails logins is left alone.");

  static final Shape<Backend> BACKEND =
      new Shape<>(
          List.of(
              BACKEND_NAME,
              SERVERS,
              BACKEND_TLS,
              ServerAuthKeys.REQUIRE_AUTH,
              ServerAuthKeys.CHANNEL_BINDING,
              PROXY_PROTOCOL,
              BALANCE,
              HASH_BY,
              SLOW_START,
              CONNECTION_LIMIT,
              MAX_LAG,
              RESOLVE,
              HEALTH,
              CIRCUIT),
          BackendKeys::backend);

  private BackendKeys() {}

  private static Backend backend(Values values) {
    Duration maxLag = values.get(MAX_LAG);
    boolean known = values.find(HEALTH).flatMap(HealthCheck::login).isPresent();
    if (!maxLag.isZero() && !known) {
      throw Values.refused(
          MAX_LAG.name(), "how late a standby is, is known only with health.user; set it");
    }
    return new Backend(
        values.get(BACKEND_NAME),
        values.get(SERVERS),
        values.find(BACKEND_TLS).orElse(ServerTls.DEFAULTS),
        ServerAuthKeys.auth(values),
        values.get(PROXY_PROTOCOL),
        new Balancing(
            values.get(BALANCE),
            values.get(HASH_BY),
            values.get(SLOW_START),
            values.get(CONNECTION_LIMIT),
            maxLag),
        values.get(RESOLVE),
        values.find(HEALTH),
        values.find(CIRCUIT).orElse(CircuitRule.DEFAULTS));
  }
}
