package io.pgplane.testkit;

import io.pgplane.testkit.Certificates.Issued;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real PostgreSQL: in a container where an engine answers, else from embedded binaries.
 *
 * <p>How a user must log in is set by {@link Auth}, for each user alone; so tests share a server
 * and its {@code pg_hba.conf}, and bring their own users and databases. TLS is on, with a
 * certificate of {@link #authority()}, and nobody needs it but those whose {@link Auth} says so.
 */
public final class RealPostgres implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RealPostgres.class);
  private static final Map<Version, RealPostgres> SHARED = new EnumMap<>(Version.class);
  private static volatile boolean containersFail;
  private static final AtomicInteger NAMES = new AtomicInteger();

  private final Version version;
  private final PostgresServer server;
  private final Certificates authority;
  private final Issued certificate;
  private volatile boolean killed;
  private @Nullable Path dataDirectory;

  RealPostgres(Version version, PostgresServer server, Path certificates) {
    this.version = version;
    this.server = server;
    this.authority = Certificates.in(certificates);
    this.certificate =
        authority.server(
            "server", Certificates.KeyType.EC_P256, host(), "localhost", "127.0.0.1", "::1");
    setUp();
  }

  /** The versions pgplane is tested with. */
  public enum Version {
    NEWEST(18),
    OLDEST(15);

    private final int major;

    Version(int major) {
      this.major = major;
    }

    public int major() {
      return major;
    }
  }

  /** How a user logs in: {@code pg_hba.conf} names them by a role they are a member of. */
  public enum Auth {
    TRUST("host", "trust"),
    PASSWORD("host", "password"),
    MD5("host", "md5"),
    SCRAM("host", "scram-sha-256"),
    SCRAM_OVER_TLS("hostssl", "scram-sha-256"),
    SCRAM_IN_CLEAR("hostnossl", "scram-sha-256"),
    SCRAM_VERIFY_CA("hostssl", "scram-sha-256 clientcert=verify-ca"),
    SCRAM_VERIFY_FULL("hostssl", "scram-sha-256 clientcert=verify-full"),
    CERTIFICATE("hostssl", "cert");

    private final String connection;
    private final String method;

    Auth(String connection, String method) {
      this.connection = connection;
      this.method = method;
    }

    private String role() {
      return "auth_" + name().toLowerCase(Locale.ROOT);
    }

    private String rules() {
      String who = " all,replication +" + role() + " all ";
      return connection + who + method + "\nhost" + who + "reject\n";
    }
  }

  /** The one server of a version that all tests of this JVM share. */
  public static RealPostgres shared(Version version) {
    synchronized (SHARED) {
      return SHARED.computeIfAbsent(version, RealPostgres::start);
    }
  }

  /** A server of its own, for a test that harms it. */
  public static RealPostgres start(Version version) {
    boolean embedded = "embedded".equals(System.getenv("PGPLANE_TEST_POSTGRES"));
    if (embedded || containersFail || !ContainerPostgres.isPossible()) {
      return startEmbedded(version);
    }
    ContainerPostgres container;
    try {
      container = ContainerPostgres.start(version);
    } catch (RuntimeException e) {
      containersFail = true;
      LOG.warn("A container engine answers, and cannot start PostgreSQL; embedded from now on", e);
      return startEmbedded(version);
    }
    return of(version, container);
  }

  /** The same as a process of this machine, whose files and processes a test can get at. */
  public static RealPostgres startEmbedded(Version version) {
    return of(version, EmbeddedPostgresServer.start(version, EmbeddedPostgresServer.binaries()));
  }

  /** The same with other settings than most tests need. */
  public static RealPostgres startEmbedded(Version version, Map<String, String> settings) {
    Path work = EmbeddedPostgresServer.binaries();
    return of(version, EmbeddedPostgresServer.start(version, work, settings));
  }

  /** The same with process ids that another one has, too; it takes no {@link #signal}. */
  public static RealPostgres startWithOwnPids(Version version) {
    return of(version, PostgresOfOwnPids.start(version));
  }

  private static RealPostgres of(Version version, PostgresServer server) {
    LOG.info("PostgreSQL {} on {}:{}: {}", version.major, server.host(), server.port(), server);
    try {
      Path certificates = Files.createTempDirectory(EmbeddedPostgresServer.binaries(), "tls");
      return new RealPostgres(version, server, certificates);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A name that no other test of this JVM uses. */
  public static String uniqueName(String prefix) {
    return prefix + "_" + NAMES.incrementAndGet();
  }

  public Version version() {
    return version;
  }

  public String host() {
    return server.host();
  }

  public int port() {
    return server.port();
  }

  /** Who signed the server's certificate, and whose client certificates it takes. */
  public Certificates authority() {
    return authority;
  }

  /** A connection as superuser. */
  public Connection admin(String database) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://" + host() + ":" + port() + "/" + database + "?sslmode=disable",
        "postgres",
        "postgres");
  }

  /** Runs each statement as superuser, outside a transaction. */
  public void execute(String... statements) {
    executeIn("postgres", statements);
  }

  /** Runs each statement as superuser in a database. */
  public void executeIn(String database, String... statements) {
    try (Connection connection = admin(database);
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  /** The first column of the first row, as text. */
  public String query(String sql) {
    try (Connection connection = admin("postgres");
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      return rows.next() ? String.valueOf(rows.getString(1)) : "";
    } catch (SQLException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  /**
   * Makes a user.
   *
   * @param secret a password, or a verifier in the form that PostgreSQL stores
   */
  public void createUser(String name, String secret, Auth auth) {
    execute(
        "SET password_encryption = " + (auth == Auth.MD5 ? "'md5'" : "'scram-sha-256'"),
        String.format(
            Locale.ROOT,
            "CREATE ROLE \"%s\" LOGIN IN ROLE %s PASSWORD '%s'",
            name,
            auth.role(),
            secret));
  }

  /** Makes a database that belongs to a user. */
  public void createDatabase(String name, String owner) {
    execute("CREATE DATABASE \"" + name + "\" OWNER \"" + owner + "\"");
  }

  /** How many connections a user has, replication among them. */
  public int connections(String user) {
    return Integer.parseInt(
        query("SELECT count(*) FROM pg_stat_activity WHERE usename = '" + user + "'"));
  }

  /**
   * Has the server notice that the user's client is gone even while a statement runs, as it else
   * does not. It then takes a client that has shut its side for gone, too.
   */
  public void watchForLostClients(String user) {
    execute("ALTER ROLE \"" + user + "\" SET client_connection_check_interval = '200ms'");
  }

  /** Whether a statement of the user runs now. */
  public boolean isActive(String user) {
    return query(
            "SELECT count(*) > 0 FROM pg_stat_activity WHERE state = 'active' AND usename = '"
                + user
                + "'")
        .equals("t");
  }

  /** How many connections all users have but the superuser, who is the tests themselves. */
  public int clientConnections() {
    if (killed) {
      return 0;
    }
    return Integer.parseInt(
        query("SELECT count(*) FROM pg_stat_activity WHERE usename <> 'postgres'"));
  }

  /** Ends the connections of a user from the server's side. */
  public void terminate(String user) {
    query(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = '"
            + user
            + "'");
  }

  /** Asks nothing of a user any more. */
  public void trust(String user) {
    execute("GRANT " + Auth.TRUST.role() + " TO \"" + user + "\"");
  }

  /** Asks this of a user who has been made for {@link Auth#SCRAM}. */
  public void ask(String user, Auth auth) {
    execute(
        "REVOKE " + Auth.SCRAM.role() + " FROM \"" + user + "\"",
        "GRANT " + auth.role() + " TO \"" + user + "\"");
  }

  /** Refuses TLS to new connections, until {@link #restoreTls()}. */
  public void refuseTls() {
    reload("ALTER SYSTEM SET ssl = off");
  }

  /** Offers TLS to new connections with the certificate of the start. */
  public void restoreTls() {
    present(certificate);
  }

  /** Shows another certificate to new connections. */
  public void present(Issued shown) {
    write("server.crt", shown.chain());
    write("server.key", shown.key());
    reload("ALTER SYSTEM SET ssl = on");
  }

  /** Stops the server as a crash would: without a word to its clients. */
  public void kill() {
    killed = true;
    try {
      execute("COPY (SELECT 1) TO PROGRAM 'kill -QUIT $(head -1 postmaster.pid)'");
    } catch (IllegalStateException e) {
      LOG.debug("Killed, and so was the connection that asked for it", e);
    }
  }

  /** Sends a signal to the postmaster of a server that is a process of this machine. */
  public void signal(String name) throws IOException {
    Path data = dataDirectory;
    if (data == null) {
      data = Path.of(query("SHOW data_directory"));
      dataDirectory = data;
    }
    killed |= name.equals("KILL");
    Standby.signal(data, name);
  }

  @Override
  public void close() {
    server.close();
  }

  @Override
  public String toString() {
    return "PostgreSQL " + version.major;
  }

  private void setUp() {
    StringBuilder rules = new StringBuilder("host all,replication postgres all trust\n");
    for (Auth auth : Auth.values()) {
      execute("CREATE ROLE " + auth.role());
      rules.append(auth.rules());
    }
    rules.append("host all,replication all all scram-sha-256\n");
    write("pg_hba.conf", rules.toString());
    write("ca.crt", authority.ca());
    execute("ALTER SYSTEM SET ssl_ca_file = 'ca.crt'");
    restoreTls();
  }

  private void reload(String statement) {
    String before = query("SELECT pg_conf_load_time()");
    execute(statement, "SELECT pg_reload_conf()");
    // The postmaster gets round to it when it can; a new session tells that it has.
    Await.until("a reload", () -> !query("SELECT pg_conf_load_time()").equals(before));
  }

  private void write(String file, Path source) {
    try {
      write(file, Files.readString(source));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes into the data directory, which is the server's working directory. */
  private void write(String file, String content) {
    execute(
        String.format(
            Locale.ROOT,
            "COPY (SELECT unnest(string_to_array($text$%s$text$, E'\\n')))"
                + " TO PROGRAM 'cat > %s && chmod 600 %s'",
            content.strip(),
            file,
            file));
  }
}
