package io.pgplane.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.dataplane.backend.Connection;
import io.pgplane.dataplane.backend.Dialer;
import io.pgplane.dataplane.backend.Target;
import io.pgplane.dataplane.stream.HostResolver;
import io.pgplane.dataplane.stream.PgStream;
import io.pgplane.dataplane.tls.ServerTlsContext;
import io.pgplane.testkit.Await;
import io.pgplane.testkit.Certificates.Issued;
import io.pgplane.testkit.ClientTool;
import io.pgplane.testkit.IssuedCertificate;
import io.pgplane.testkit.IssuedCertificate.Request;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.RealPostgres;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.ScriptedServer;
import io.pgplane.topology.ProxyProtocol;
import io.pgplane.topology.Server;
import io.pgplane.topology.ServerAuth;
import io.pgplane.topology.ServerLogin;
import io.pgplane.topology.ServerTls;
import io.pgplane.topology.ServerTls.Mode;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Certificates of a PostgreSQL 18 as they are found in the wild: pgplane connects, in clear or over
 * TLS, where libpq 18 does in the same run, with both versions of TLS.
 */
class ServerCertificateMatrixIT {
  private static final String NAME = "db.example";
  private static final Duration DAY = Duration.ofDays(1);

  @TempDir private static Path directory;

  private static final RealPostgres POSTGRES = RealPostgres.shared(Version.NEWEST);
  private static final Vertx VERTX = Vertx.vertx();
  private static final HostResolver NAMES = new HostResolver(VERTX);
  private static final IssuedCertificate ROOT = authority("CN=root").issue();
  private static final IssuedCertificate RSA_ROOT = authority("CN=rsa").key("RSA-2048").issue();
  private static final IssuedCertificate MIDDLE = authority("CN=middle").by(ROOT).issue();
  private static final IssuedCertificate LOWER = authority("CN=lower").by(MIDDLE).issue();

  /** A certificate with those that the server shows beside it, and what the client trusts. */
  private record Row(
      String name,
      String host,
      IssuedCertificate own,
      List<IssuedCertificate> beside,
      List<IssuedCertificate> trusted) {
    Row(String name, Request own) {
      this(name, NAME, own.by(ROOT).issue());
    }

    Row(String name, String host, IssuedCertificate own) {
      this(name, host, own, List.of(), List.of(ROOT));
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private static Request authority(String subject) {
    return IssuedCertificate.of(subject).authority();
  }

  private static Request server() {
    return IssuedCertificate.of("CN=" + NAME).dns(NAME);
  }

  private static Row host(String name, String host, Request own) {
    return new Row(name, host, own.by(ROOT).issue());
  }

  static Stream<Row> keys() {
    return Stream.of("RSA-2048", "RSA-4096", "P-256", "P-384", "P-521", "Ed25519")
        .map(kind -> new Row("key " + kind, server().key(kind)));
  }

  static Stream<Row> names() {
    Request none = IssuedCertificate.of("O=nobody");
    return Stream.of(
        host("common name alone", NAME, IssuedCertificate.of("CN=" + NAME)),
        host("another common name", NAME, IssuedCertificate.of("CN=x.example")),
        host("CN beside another DNS name", NAME, IssuedCertificate.of("CN=" + NAME).dns("x")),
        host("CN beside an address", NAME, IssuedCertificate.of("CN=" + NAME).address("10.0.0.1")),
        host("CN beside an e-mail address", NAME, IssuedCertificate.of("CN=" + NAME).email("a@b")),
        host("two common names", NAME, IssuedCertificate.of("CN=x,CN=" + NAME)),
        host("upper case", NAME, none.dns("DB.Example")),
        host("wildcard", NAME, IssuedCertificate.of("O=n").dns("*.example")),
        host("wildcard for two labels", "a." + NAME, IssuedCertificate.of("O=n").dns("*.example")),
        host("wildcard in a label", NAME, IssuedCertificate.of("O=n").dns("d*.example")),
        host("wildcard alone", "localhost", IssuedCertificate.of("O=n").dns("*")),
        host("wildcard in the CN", NAME, IssuedCertificate.of("CN=*.example")),
        host(
            "wildcard in the middle",
            "a.b.example",
            IssuedCertificate.of("O=n").dns("a.*.example")),
        host("underscore", "db_1.example", IssuedCertificate.of("O=n").dns("db_1.example")),
        host("no dot", "db", IssuedCertificate.of("O=n").dns("db")),
        host("dot at the host's end", NAME + ".", server()),
        host("dot at the certificate's end", NAME, IssuedCertificate.of("O=n").dns(NAME + ".")),
        host("address", "127.0.0.1", IssuedCertificate.of("O=n").address("127.0.0.1")),
        host("another address", "127.0.0.1", IssuedCertificate.of("O=n").address("127.0.0.2")),
        host("address in the CN", "127.0.0.1", IssuedCertificate.of("CN=127.0.0.1")),
        host(
            "address in the CN beside DNS",
            "127.0.0.1",
            IssuedCertificate.of("CN=127.0.0.1").dns("x")),
        host("address as a DNS name", "127.0.0.1", IssuedCertificate.of("O=n").dns("127.0.0.1")),
        host(
            "zero byte in a DNS name", NAME, IssuedCertificate.of("CN=" + NAME).dns(NAME + "\0.x")),
        host("zero byte in the CN", NAME, IssuedCertificate.of("CN=" + NAME + "\0.x")));
  }

  static Stream<Row> usages() {
    int sign = KeyUsage.digitalSignature;
    return Stream.of(
        new Row("for signatures", server().usage(sign)),
        new Row(
            "for encipherment of keys", server().key("RSA-2048").usage(KeyUsage.keyEncipherment)),
        new Row("for agreement of keys", server().usage(KeyUsage.keyAgreement)),
        new Row("for revocation lists", server().usage(KeyUsage.cRLSign)),
        new Row("for servers", server().extendedUsage(KeyPurposeId.id_kp_serverAuth)),
        new Row("for clients", server().extendedUsage(KeyPurposeId.id_kp_clientAuth)),
        new Row("for anything", server().extendedUsage(KeyPurposeId.anyExtendedKeyUsage)),
        new Row(
            "for both",
            server().extendedUsage(KeyPurposeId.id_kp_clientAuth, KeyPurposeId.id_kp_serverAuth)),
        signedBy(
            "by an authority for clients",
            authority("CN=c").extendedUsage(KeyPurposeId.id_kp_clientAuth)),
        signedBy("by one that may sign none", authority("CN=u").usage(sign)),
        signedBy("by no authority", IssuedCertificate.of("CN=n").key("P-384")),
        new Row("expired", server().valid(DAY.multipliedBy(-2), DAY.negated())),
        new Row("not yet valid", server().valid(DAY, DAY.multipliedBy(2))),
        signedBy(
            "by an expired authority",
            authority("CN=e").valid(DAY.multipliedBy(-2), DAY.negated())));
  }

  private static Row signedBy(String name, Request signer) {
    IssuedCertificate authority = signer.by(ROOT).issue();
    return new Row(name, NAME, server().by(authority).issue(), List.of(authority), List.of(ROOT));
  }

  static Stream<Row> chains() {
    IssuedCertificate own = server().by(LOWER).issue();
    IssuedCertificate self = server().key("P-384").issue();
    IssuedCertificate oldRoot =
        authority("CN=old").valid(DAY.multipliedBy(-2), DAY.negated()).issue();
    IssuedCertificate plainRoot = IssuedCertificate.of("CN=plain").key("P-384").issue();
    return Stream.of(
        new Row("in order", NAME, own, List.of(LOWER, MIDDLE), List.of(ROOT)),
        new Row("in another order", NAME, own, List.of(MIDDLE, LOWER), List.of(ROOT)),
        new Row("with more", NAME, own, List.of(RSA_ROOT, MIDDLE, ROOT, LOWER), List.of(ROOT)),
        new Row("with a gap", NAME, own, List.of(LOWER), List.of(ROOT)),
        new Row("with what the client knows", NAME, own, List.of(), List.of(ROOT, MIDDLE, LOWER)),
        new Row("to an intermediate", NAME, own, List.of(LOWER, MIDDLE), List.of(MIDDLE)),
        new Row("of another authority", NAME, own, List.of(LOWER, MIDDLE), List.of(RSA_ROOT)),
        new Row("itself, trusted", NAME, self, List.of(), List.of(self)),
        new Row("itself, not trusted", NAME, self, List.of(), List.of(ROOT)),
        new Row(
            "to an expired root", NAME, server().by(oldRoot).issue(), List.of(), List.of(oldRoot)),
        new Row(
            "to a root that is no authority",
            NAME,
            server().by(plainRoot).issue(),
            List.of(),
            List.of(plainRoot)));
  }

  /** Name constraints of authorities, roots too (RFC 5280, section 4.2.1.10). */
  static Stream<Row> constraints() {
    return Stream.of(
            authority("CN=permits").permits("example"),
            authority("CN=permits-another").permits("another"),
            authority("CN=excludes").excludes("example"),
            authority("CN=excludes-another").excludes("another"),
            authority("CN=path-0").pathLength(0),
            authority("CN=path-1").pathLength(1))
        .flatMap(
            request -> {
              IssuedCertificate root = request.issue();
              IssuedCertificate middle = request.by(ROOT).issue();
              IssuedCertificate last = authority("CN=the last").by(root).issue();
              IssuedCertificate lower = authority("CN=the lower").by(middle).issue();
              String says = middle.certificate().getSubjectX500Principal().getName();
              Request common = IssuedCertificate.of("CN=" + NAME);
              return Stream.of(
                  constrained("root " + says, server().by(root), root),
                  constrained("root " + says + ", no DNS name", common.by(root), root),
                  constrained("root " + says + " above another", server().by(last), root, last),
                  constrained(says, server().by(middle), ROOT, middle),
                  constrained(says + ", no DNS name", common.by(middle), ROOT, middle),
                  constrained(says + " above", server().by(lower), ROOT, lower, middle));
            });
  }

  private static Row constrained(
      String name, Request own, IssuedCertificate root, IssuedCertificate... beside) {
    return new Row(name, NAME, own.issue(), List.of(beside), List.of(root));
  }

  static Stream<Row> signatures() {
    return Stream.of(
            "SHA1withRSA",
            "SHA384withRSA",
            "SHA512withRSA",
            "SHA256withRSAandMGF1",
            "SHA512withRSAandMGF1")
        .map(
            algorithm ->
                new Row(
                    algorithm,
                    NAME,
                    server().key("RSA-2048").signature(algorithm).by(RSA_ROOT).issue(),
                    List.of(),
                    List.of(RSA_ROOT)));
  }

  @BeforeAll
  static void requireLibpq() {
    psql();
  }

  @AfterAll
  static void restore() {
    POSTGRES.execute("ALTER SYSTEM RESET ssl_max_protocol_version");
    POSTGRES.restoreTls();
    Proxy.result(VERTX.close());
  }

  @ParameterizedTest
  @MethodSource({"keys", "names", "usages", "chains", "constraints", "signatures"})
  void isTakenAsLibpqTakesIt(Row row) throws Exception {
    Issued shown = row.own.write(directory, "server", row.beside.toArray(IssuedCertificate[]::new));
    IssuedCertificate first = row.trusted.get(0);
    IssuedCertificate[] others = row.trusted.stream().skip(1).toArray(IssuedCertificate[]::new);
    Path ca = first.write(directory, "ca", others).chain();
    Map<String, String> libpq = new TreeMap<>();
    Map<String, String> pgplane = new TreeMap<>();
    for (String version : List.of("TLSv1.2", "TLSv1.3")) {
      POSTGRES.execute("ALTER SYSTEM SET ssl_max_protocol_version = '" + version + "'");
      POSTGRES.present(shown);
      for (Mode mode : List.of(Mode.PREFER, Mode.REQUIRE, Mode.VERIFY_CA, Mode.VERIFY_FULL)) {
        libpq.put(mode + " " + version, libpq(row.host, POSTGRES.port(), mode, ca));
        pgplane.put(
            mode + " " + version,
            pgplane(row.host, POSTGRES.port(), new ServerTls(mode, Optional.of(ca))));
      }
    }

    assertThat(pgplane).isEqualTo(libpq);
  }

  /** SNI, by which proxies before a server choose it. */
  @ParameterizedTest
  @ValueSource(strings = {"db.example", "DB.Example", "db_1.example", "db", "127.0.0.1", "::1"})
  void isAskedForByTheNameThatLibpqSends(String host) throws Exception {
    List<Boolean> named = new CopyOnWriteArrayList<>();
    try (ScriptedServer server =
        ScriptedServer.playing(
            client -> {
              client.firstPacket();
              client.send(new byte[] {'S'});
              String hello = new String(client.tlsRecord(), StandardCharsets.ISO_8859_1);
              named.add(hello.contains(host));
              client.close();
            })) {
      int port = server.address().port();
      libpq(host, port, Mode.REQUIRE, directory.resolve("none"));
      Await.until("libpq has come", () -> named.size() == 1);

      pgplane(host, port, new ServerTls(Mode.REQUIRE, Optional.empty()));
      Await.until("pgplane has come", () -> named.size() > 1);

      assertThat(named).containsOnly(named.get(0));
    }
  }

  private static ClientTool psql() {
    return ClientTool.require("psql").libpq(Version.NEWEST);
  }

  private static String libpq(String host, int port, Mode mode, Path ca) {
    ClientTool.Result result =
        psql()
            .to(host, port, "postgres")
            .as("postgres", "")
            .env("PGHOSTADDR", "127.0.0.1")
            .env("PGSSLMODE", mode.name().toLowerCase(Locale.ROOT).replace('_', '-'))
            .env("PGSSLROOTCERT", ca.toString())
            .run("-XAtc", "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()");
    return result.exit() != 0 ? "refused" : result.out().strip().equals("t") ? "TLS" : "clear";
  }

  private static String pgplane(String host, int port, ServerTls tls) throws Exception {
    Target target =
        new Target(
            new Server(host, port),
            tls.modeFor(host),
            Optional.of(ServerTlsContext.load(tls, new ServerLogin.Passthrough())),
            ServerAuth.DEFAULTS,
            ProxyProtocol.OFF,
            Optional.of(SocketAddress.inetSocketAddress(port, "127.0.0.1")));
    List<PgStream> opened = new CopyOnWriteArrayList<>();
    Promise<String> verdict = Promise.promise();
    VERTX.runOnContext(
        turn -> {
          Future<Connection> dialled = new Dialer(VERTX, NAMES).dial(target, 10_000, opened::add);
          dialled
              .map(connection -> connection.encrypted() ? "TLS" : "clear")
              .otherwise("refused")
              .onComplete(verdict);
        });
    try {
      return Proxy.result(verdict.future());
    } finally {
      opened.forEach(PgStream::abort);
    }
  }
}
