package io.pgplane.config;

import static io.pgplane.config.Key.optional;
import static io.pgplane.config.Key.or;
import static io.pgplane.config.Key.required;

import io.pgplane.config.ListenerTls.Mode;
import io.pgplane.topology.CertificateFiles;
import io.pgplane.topology.Cidr;
import io.pgplane.topology.CipherSuites;
import io.pgplane.topology.Tcp;
import io.pgplane.topology.Timeouts;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The keys of {@code listeners[]}. */
final class ListenerKeys {
  private static final CertificateKeys SHOWN =
      new CertificateKeys(
          required(
              "chain",
              CertificatePath.CHAIN,
              "The certificate and those that signed it, PEM or PKCS#12; shown is the one that"
                  + " belongs to the key."));
  static final Shape<CertificateFiles> CERTIFICATE =
      new Shape<>(SHOWN.after(), values -> SHOWN.find(values).orElseThrow());

  private static final Key<Mode> MODE =
      or(
          "allow",
          "mode",
          Scalars.choice(Mode.class),
          "`disable` refuses TLS, `allow` gives it to clients that ask, `require` takes no login"
              + " without it. `verify-ca` also takes none without a client certificate that"
              + " `clientCa` has signed, `verify-full` none that is not the user's by its"
              + " `certificateNames` and the keys behind it.");
  private static final Key<List<CertificateFiles>> CERTIFICATES =
      optional(
          "certificates",
          new ListOf<>(CERTIFICATE, 1),
          "What the listener shows, needed unless `mode` is `disable`. Of several, a client gets"
              + " the one that has the host name it asks for (SNI) among its alternative names,"
              + " exactly or else as `*.example.com`, and the first if none has.");
  private static final Key<Path> CLIENT_CA =
      optional(
          "clientCa",
          CertificatePath.AUTHORITIES,
          "The certificates that may sign a client's. Every client is then asked for a certificate;"
              + " one that is not signed so fails the handshake.");
  private static final Key<String> MIN_VERSION =
      or(
          TlsParameters.DEFAULTS.minVersion(),
          "minVersion",
          Scalars.choice(TlsParameters.VERSIONS),
          "The oldest version of TLS that is spoken.");
  private static final Key<List<String>> CIPHERS =
      optional(
          "ciphers",
          new ListOf<>(Scalars.choice(CipherSuites.STRONG), 1),
          "The cipher suites of TLS 1.2; all six that have forward secrecy and authenticated"
              + " encryption if it is left out, and there are no others. The three of TLS 1.3 are"
              + " always on.");
  private static final Key<List<String>> CURVES =
      optional(
          "curves",
          new ListOf<>(Scalars.choice(TlsParameters.CURVES), 1),
          "The curves of the key exchange, by preference; X25519, P-256 and P-384 if it is left"
              + " out. Where the JDK does the work of TLS (the log tells at the start), its system"
              + " property `jdk.tls.namedGroups` decides instead.");
  private static final Key<Duration> TICKET_KEY_PERIOD =
      or(
          "12h",
          "ticketKeyPeriod",
          Scalars.DURATION_TEXT,
          "How long a key encrypts the tickets by which clients resume TLS sessions. It opens them"
              + " for the same time again, then they are worth nothing. Where the JDK does the work"
              + " of TLS, its `jdk.tls.server.sessionTicketTimeout` decides instead.");
  private static final Shape<ListenerTls> TLS =
      new Shape<>(
          List.of(MODE, CERTIFICATES, CLIENT_CA, MIN_VERSION, CIPHERS, CURVES, TICKET_KEY_PERIOD),
          ListenerKeys::tls);

  private static final Key<String> NAME =
      required("name", Scalars.NAME, "Its name in logs; no other listener may have it.");
  private static final Key<String> HOST =
      or("0.0.0.0", "host", Scalars.HOST_NAME, "The address to listen on.");
  private static final Key<Integer> PORT =
      or(
          "6432",
          "port",
          Scalars.number("a port", 0, 65535),
          "The port to listen on; 0 takes a free one.");
  private static final Key<ListenerTls> LISTENER_TLS =
      optional("tls", TLS, "TLS for clients; without it the listener refuses TLS.");
  private static final Key<String> PROXY_PROTOCOL =
      or(
          "off",
          "proxyProtocol",
          new WithOff<>(Scalars.choice(List.of("off", "required"))),
          "`required`: all connections come through load balancers that put a PROXY header (version"
              + " 1 or 2) before them, and the client's address is the one in it.");
  private static final Key<List<Cidr>> TRUSTED_PROXIES =
      optional(
          "trustedProxies",
          new ListOf<>(Scalars.CIDR, 1),
          "The addresses of those load balancers, needed with `proxyProtocol: required`;"
              + " connections from elsewhere are closed.");

  private static final Key<Integer> CONNECTION_LIMIT =
      or("0", "connectionLimit", LimitKeys.SESSIONS, "Sessions from this listener; 0 is no bound.");
  private static final Key<Timeouts> TIMEOUTS =
      optional("timeouts", TimeoutKeys.OF_A_LISTENER, "Those that differ from the file's own.");

  private static final Key<Tcp> TCP =
      optional("tcp", TcpKeys.TCP, "That of its sessions; the file's own if it is left out.");

  static final Shape<Listener> LISTENER =
      new Shape<>(
          List.of(
              NAME,
              HOST,
              PORT,
              PROXY_PROTOCOL,
              TRUSTED_PROXIES,
              LISTENER_TLS,
              CONNECTION_LIMIT,
              TIMEOUTS,
              TCP),
          ListenerKeys::listener);

  private ListenerKeys() {}

  private static ListenerTls tls(Values values) {
    Mode mode = values.get(MODE);
    List<CertificateFiles> certificates = values.find(CERTIFICATES).orElse(List.of());
    Optional<Path> clientCa = values.find(CLIENT_CA);
    if (mode != Mode.DISABLE && certificates.isEmpty()) {
      throw Values.refused(
          CERTIFICATES.name(), "missing; mode " + Scalars.word(mode) + " needs a certificate");
    } else if (mode.requiresCertificate() && clientCa.isEmpty()) {
      throw Values.refused(
          CLIENT_CA.name(),
          "missing; mode " + Scalars.word(mode) + " needs the authorities of its clients");
    }
    TlsParameters parameters =
        new TlsParameters(
            values.get(MIN_VERSION),
            values.find(CIPHERS).orElse(TlsParameters.DEFAULTS.ciphers()),
            values.find(CURVES).orElse(TlsParameters.DEFAULTS.curves()),
            values.get(TICKET_KEY_PERIOD));
    return new ListenerTls(mode, certificates, clientCa, parameters);
  }

  private static Listener listener(Values values) {
    return new Listener(
        values.get(NAME),
        values.get(HOST),
        values.get(PORT),
        values.find(LISTENER_TLS).orElse(ListenerTls.DISABLED),
        trustedProxies(values),
        values.get(CONNECTION_LIMIT),
        values.find(TIMEOUTS).orElse(Timeouts.DEFAULTS),
        values.find(TCP));
  }

  private static List<Cidr> trustedProxies(Values values) {
    boolean required = values.get(PROXY_PROTOCOL).equals("required");
    Optional<List<Cidr>> trusted = values.find(TRUSTED_PROXIES);
    if (required && trusted.isEmpty()) {
      throw Values.refused(
          TRUSTED_PROXIES.name(), "missing; proxyProtocol required needs the load balancers");
    } else if (!required && trusted.isPresent()) {
      throw Values.refused(
          TRUSTED_PROXIES.name(),
          "nobody is asked for a PROXY header; set proxyProtocol: required");
    }
    return trusted.orElse(List.of());
  }
}
