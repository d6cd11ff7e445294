package io.pgplane.testkit;

import static io.pgplane.testkit.RealPostgres.uniqueName;

import io.pgplane.config.Cluster;
import io.pgplane.config.Config;
import io.pgplane.config.Documents;
import io.pgplane.config.Limits;
import io.pgplane.config.Listener;
import io.pgplane.config.ListenerTls;
import io.pgplane.config.Source;
import io.pgplane.config.Store;
import io.pgplane.config.TlsParameters;
import io.pgplane.protocol.scram.Scram;
import io.pgplane.protocol.scram.ScramVerifier;
import io.pgplane.testkit.Certificates.Issued;
import io.pgplane.testkit.Certificates.KeyType;
import io.pgplane.testkit.RealPostgres.Auth;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.topology.Backend;
import io.pgplane.topology.CertificateFiles;
import io.pgplane.topology.CertificateMatch;
import io.pgplane.topology.Cidr;
import io.pgplane.topology.Match;
import io.pgplane.topology.ProxyProtocol;
import io.pgplane.topology.Role;
import io.pgplane.topology.Route;
import io.pgplane.topology.Server;
import io.pgplane.topology.ServerAuth;
import io.pgplane.topology.ServerLogin;
import io.pgplane.topology.ServerTls;
import io.pgplane.topology.Snapshot;
import io.pgplane.topology.Tcp;
import io.pgplane.topology.Throttling;
import io.pgplane.topology.Timeout;
import io.pgplane.topology.Timeouts;
import io.pgplane.topology.User;
import io.pgplane.topology.UserAuth;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * What a test begins with: a user with a database of its own at a real server, and a configuration
 * of pgplane for it. As it stands, the login is passed through, over verified TLS on both legs.
 */
public final class Setup {
  /** The one listener. */
  public static final String LISTENER = "main";

  private static final SecureRandom RANDOM = new SecureRandom();

  private final RealPostgres postgres;
  private final String user;
  private final String password;
  private final ScramVerifier verifier;
  private final Issued shown;
  private ListenerTls listenerTls;
  private UserAuth auth;
  private CertificateMatch certificates;
  private Match match = Match.ANY;
  private ServerTls serverTls;
  private ServerAuth serverAuth = ServerAuth.DEFAULTS;
  private ServerLogin login = new ServerLogin.Passthrough();
  private Timeouts timeouts = Timeouts.DEFAULTS;
  private Limits limits = Limits.DEFAULTS;
  private List<Cidr> trustedProxies = List.of();
  private Tcp tcp = Tcp.DEFAULTS;
  private Throttling throttling = Throttling.OFF;
  private ProxyProtocol proxyProtocol = ProxyProtocol.OFF;
  private List<Server> servers;
  private Role role = Role.ANY;
  private UnaryOperator<Backend> backend = UnaryOperator.identity();
  private UnaryOperator<Listener> listener = UnaryOperator.identity();
  private UnaryOperator<Snapshot> topology = UnaryOperator.identity();

  private Setup(RealPostgres postgres, String user, ScramVerifier verifier, Issued shown) {
    this.postgres = postgres;
    this.user = user;
    this.password = passwordOf(user);
    this.verifier = verifier;
    this.shown = shown;
    this.auth = new UserAuth.Scram(verifier);
    this.certificates = CertificateMatch.commonNames(user);
    this.listenerTls = ListenerTls.DISABLED;
    listenerTls(ListenerTls.Mode.ALLOW);
    this.serverTls =
        new ServerTls(ServerTls.Mode.VERIFY_FULL, Optional.of(postgres.authority().ca()));
    this.servers = List.of(new Server(postgres.host(), postgres.port()));
  }

  /** A user with a database of its own, whose verifier the server and pgplane share. */
  public static Setup on(Version version) {
    return on(RealPostgres.shared(version));
  }

  /** The same on a server of the test's own. */
  public static Setup on(RealPostgres postgres) {
    return on(postgres, uniqueName("it"));
  }

  /** The same with a user, and so a database, of this name. */
  public static Setup on(RealPostgres postgres, String user) {
    Setup setup =
        new Setup(
            postgres,
            user,
            Scram.verifierOf(passwordOf(user).toCharArray(), Scram.DEFAULT_ITERATIONS, RANDOM),
            postgres
                .authority()
                .server("listener_" + user, KeyType.EC_P256, "localhost", "127.0.0.1", "::1"));
    postgres.createUser(setup.user, setup.verifier.text(), Auth.SCRAM);
    postgres.createDatabase(setup.user, setup.user);
    return setup;
  }

  /** The same user and database, and all else as it is at first. */
  public Setup again() {
    return new Setup(postgres, user, verifier, shown);
  }

  private static String passwordOf(String user) {
    return "secret of " + user;
  }

  /** How the listener answers an SSLRequest; it knows the authority's client certificates. */
  public Setup listenerTls(ListenerTls.Mode mode) {
    return listenerTls(
        new ListenerTls(
            mode,
            List.of(new CertificateFiles(shown.chain(), shown.key())),
            mode.requiresCertificate() ? Optional.of(postgres.authority().ca()) : Optional.empty(),
            TlsParameters.DEFAULTS));
  }

  /** All that the listener does with TLS. */
  public Setup listenerTls(ListenerTls tls) {
    listenerTls = tls;
    return this;
  }

  /** All that the listener does with TLS, as it stands. */
  public ListenerTls listenerTls() {
    return listenerTls;
  }

  /** How the user logs in at pgplane. */
  public Setup auth(UserAuth userAuth) {
    auth = userAuth;
    return this;
  }

  /** The common names of the user's certificates. */
  public Setup certificateNames(String... names) {
    certificates = CertificateMatch.commonNames(names);
    return this;
  }

  /** The logins that the one route is for. */
  public Setup match(Match logins) {
    match = logins;
    return this;
  }

  /** All that pgplane does with TLS towards the servers. */
  public Setup serverTls(ServerTls tls) {
    serverTls = tls;
    return this;
  }

  /** All that pgplane does with TLS towards the servers, as it stands. */
  public ServerTls serverTls() {
    return serverTls;
  }

  /** How the servers may find out who logs in. */
  public Setup serverAuth(ServerAuth auth) {
    serverAuth = auth;
    return this;
  }

  /** How pgplane asks the server for TLS; it knows who signs there. */
  public Setup serverTls(ServerTls.Mode mode) {
    return serverTls(
        new ServerTls(Optional.of(mode), serverTls.ca(), serverTls.shown(), serverTls.ciphers()));
  }

  /** Who signs the server's certificate, as pgplane is told. */
  public Setup serverCa(Path ca) {
    return serverTls(
        new ServerTls(serverTls.mode(), Optional.of(ca), serverTls.shown(), serverTls.ciphers()));
  }

  /** The certificate that pgplane shows to servers that ask for one. */
  public Setup serverCertificate(CertificateFiles shown) {
    return serverTls(
        new ServerTls(serverTls.mode(), serverTls.ca(), Optional.of(shown), serverTls.ciphers()));
  }

  /** As whom pgplane logs in at the server. */
  public Setup login(ServerLogin serverLogin) {
    login = serverLogin;
    return this;
  }

  public Setup timeouts(Timeouts some) {
    timeouts = some;
    return this;
  }

  /** Bounds other than the defaults. */
  public Setup limits(Limits some) {
    limits = some;
    return this;
  }

  /** The load balancers that all connections come through, with PROXY headers. */
  public Setup trustedProxies(String... ranges) {
    trustedProxies = Arrays.stream(ranges).map(Cidr::parse).toList();
    return this;
  }

  /** How the servers are told the client's address. */
  public Setup proxyProtocol(ProxyProtocol form) {
    proxyProtocol = form;
    return this;
  }

  /** How lost connections are noticed. */
  public Setup tcp(Tcp some) {
    tcp = some;
    return this;
  }

  /** How failed logins are slowed down; as it stands, not at all. */
  public Setup throttling(Throttling some) {
    throttling = some;
    return this;
  }

  /** The servers of the one backend. */
  public Setup servers(Server... some) {
    servers = List.of(some);
    return this;
  }

  /** Which servers the one route may take. */
  public Setup role(Role some) {
    role = some;
    return this;
  }

  /** More that the one listener shall be. */
  public Setup listener(UnaryOperator<Listener> change) {
    listener = change;
    return this;
  }

  /** The one user and the one route with bounds of their own. */
  public Setup bounded(UnaryOperator<User> ofUser, UnaryOperator<Route> ofRoute) {
    return topology(
        all ->
            new Snapshot(
                all.users().stream().map(ofUser).toList(),
                all.routes().stream().map(ofRoute).toList(),
                all.backends()));
  }

  /** More that the one backend shall be. */
  public Setup backend(UnaryOperator<Backend> change) {
    backend = change;
    return this;
  }

  /** Other users, routes and backends, made of those that would be. */
  public Setup topology(UnaryOperator<Snapshot> change) {
    topology = change;
    return this;
  }

  public RealPostgres postgres() {
    return postgres;
  }

  public String user() {
    return user;
  }

  public String password() {
    return password;
  }

  /** What pgplane, and a server that is no impostor, know of the password. */
  public ScramVerifier verifier() {
    return verifier;
  }

  /** Belongs to the user. */
  public String database() {
    return user;
  }

  /** The configuration; its port is any that is free. */
  public Config config() {
    Route route = new Route("all", match, "db", Optional.empty(), login).to(role);
    return new Config(
        List.of(
            listener.apply(
                new Listener(LISTENER, "127.0.0.1", 0, listenerTls).behind(trustedProxies))),
        timeouts,
        limits,
        Cluster.alone(Optional.empty()),
        Optional.empty(),
        tcp,
        throttling,
        topology.apply(
            new Snapshot(
                List.of(new User(user, auth, certificates)),
                List.of(route),
                List.of(
                    backend.apply(
                        new Backend("db", servers, serverTls)
                            .with(serverAuth)
                            .with(proxyProtocol))))),
        Source.FILE,
        Documents.NONE,
        Optional.empty(),
        new Store.None(),
        List.of());
  }

  /**
   * The same as a file, for pgplane as a process; the login is passed through, or by certificate.
   */
  public String yaml(int port) {
    return String.join(
        "\n",
        "listeners:",
        "  - name: " + LISTENER,
        "    host: 127.0.0.1",
        "    port: " + port,
        yamlTls(),
        "timeouts: { drain: " + timeouts.millis(Timeout.DRAIN) + "ms }",
        "routes:",
        "  - name: all",
        "    match: { database: \"*\", user: \"*\" }",
        "    backend: db",
        "    login: " + yamlLogin(),
        "backends:",
        "  - name: db",
        "    servers:",
        "      - { host: " + postgres.host() + ", port: " + postgres.port() + " }",
        "    tls: { mode: verify-full, ca: \"" + serverTls.ca().orElseThrow() + "\"",
        serverTls.shown().map(shown -> "      , " + yaml("certificate", shown)).orElse("") + " }",
        "users:",
        yamlUser(),
        "");
  }

  private String yamlLogin() {
    return login instanceof ServerLogin.Certificate own
        ? "{ user: " + own.user() + ", " + yaml("certificate", own.shown()) + " }"
        : "passthrough";
  }

  private static String yaml(String chain, CertificateFiles files) {
    return chain
        + ": \""
        + files.chain()
        + "\", key: \""
        + files.key()
        + "\""
        + files.password().map(word -> ", keyPassword: \"" + word + "\"").orElse("");
  }

  private String yamlTls() {
    String mode = listenerTls.mode().name().toLowerCase(Locale.ROOT).replace('_', '-');
    StringBuilder lines = new StringBuilder("    tls:\n      mode: " + mode + "\n");
    Duration period = listenerTls.parameters().ticketKeyPeriod();
    if (!period.equals(TlsParameters.DEFAULTS.ticketKeyPeriod())) {
      lines.append("      ticketKeyPeriod: ").append(period.toMillis()).append("ms\n");
    }
    listenerTls.clientCa().ifPresent(ca -> lines.append("      clientCa: \"" + ca + "\"\n"));
    lines.append("      certificates:");
    for (CertificateFiles files : listenerTls.certificates()) {
      lines.append("\n        - { " + yaml("chain", files) + " }");
    }
    return lines.toString();
  }

  /** The user's lines, last in the file so that others can be appended. */
  public String yamlUser() {
    return "  - name: " + user + "\n    secret: \"" + verifier.text() + "\"";
  }
}
