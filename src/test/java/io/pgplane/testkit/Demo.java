package io.pgplane.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pgplane.protocol.scram.Scram;
import io.pgplane.testkit.Certificates.Issued;
import io.pgplane.testkit.RealPostgres.Auth;
import io.pgplane.testkit.RealPostgres.Version;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.apache.commons.io.FileUtils;

/**
 * What {@code make run} starts: a PostgreSQL with some data, and pgplane in front of it. Ends with
 * Ctrl-C, and leaves nothing behind.
 */
public final class Demo {
  private static final String NAME = "demo";
  private static final int PORT = Integer.getInteger("pgplane.demo.port", 6432);
  private static final Duration START = Duration.ofSeconds(60);

  /** More than the drain of the configuration below. */
  private static final Duration STOP = Duration.ofSeconds(15);

  /** What must be undone, the last first. */
  private final Deque<AutoCloseable> started = new ArrayDeque<>();

  private volatile boolean stopping;

  private Demo() {}

  /** Runs until pgplane ends or a signal comes. */
  public static void main(String[] args) throws Exception {
    Demo demo = new Demo();
    Runtime.getRuntime().addShutdownHook(new Thread(demo::stop, "demo-stop"));
    int exit;
    try {
      exit = demo.run();
    } catch (IOException | IllegalStateException | AssertionError e) {
      demo.report("The demo cannot run: " + e.getMessage());
      exit = 1;
    }
    System.exit(exit);
  }

  private int run() throws Exception {
    checkPortIsFree();
    Path directory =
        begin(
            () -> Files.createTempDirectory("pgplane-demo"),
            made -> FileUtils.deleteDirectory(made.toFile()));
    say("Starting PostgreSQL " + Version.NEWEST.major() + " ...");
    PostgresServer server =
        begin(
            () -> EmbeddedPostgresServer.startUnattended(Version.NEWEST, directory),
            PostgresServer::close);
    RealPostgres postgres = new RealPostgres(Version.NEWEST, server, directory);
    Path configuration = directory.resolve("pgplane.yaml");
    Files.writeString(configuration, configuration(postgres, fill(postgres), directory), UTF_8);
    Process pgplane = begin(() -> startPgplane(configuration), Demo::stop);
    Await.until("pgplane answers on port " + PORT, START, () -> answers() || !pgplane.isAlive());
    if (pgplane.isAlive()) {
      explain(configuration);
    }
    int exit = pgplane.waitFor();
    report("pgplane has ended with exit code " + exit + ".");
    return exit;
  }

  private static void checkPortIsFree() throws IOException {
    try (ServerSocket probe = new ServerSocket()) {
      probe.setReuseAddress(true);
      probe.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), PORT));
    } catch (IOException e) {
      throw new IOException(
          "port "
              + PORT
              + " is taken; stop what listens there, or choose another: make run PORT=16432",
          e);
    }
  }

  /** Makes the user and a database for it; returns the verifier. */
  private static String fill(RealPostgres postgres) {
    String verifier =
        Scram.verifierOf(NAME.toCharArray(), Scram.DEFAULT_ITERATIONS, new SecureRandom()).text();
    // The same verifier on both sides: pgplane passes the login through and knows no password.
    postgres.createUser(NAME, verifier, Auth.SCRAM);
    postgres.createDatabase(NAME, NAME);
    postgres.executeIn(
        NAME,
        "SET ROLE " + NAME,
        "CREATE TABLE planet (id int PRIMARY KEY, name text NOT NULL, moons int NOT NULL)",
        "INSERT INTO planet VALUES (1, 'Mercury', 0), (2, 'Venus', 0), (3, 'Earth', 1),"
            + " (4, 'Mars', 2), (5, 'Jupiter', 97), (6, 'Saturn', 274), (7, 'Uranus', 28),"
            + " (8, 'Neptune', 16)");
    return verifier;
  }

  private static String configuration(RealPostgres postgres, String verifier, Path directory) {
    Issued shown =
        Certificates.selfSigned(
            directory, "pgplane", Certificates.KeyType.EC_P256, "localhost", "127.0.0.1", "::1");
    return String.format(
        Locale.ROOT,
        """
        listeners:
          - name: main
            host: 127.0.0.1
            port: %d
            tls:
              mode: allow
              certificates:
                - { chain: "%s", key: "%s" }
        timeouts: { drain: 10s }
        users:
          - name: demo
            secret: "%s"
        routes:
          - name: all
            match: { database: "*", user: "*" }
            backend: demo-db
            login: passthrough
        backends:
          - name: demo-db
            servers:
              - { host: %s, port: %d }
            tls: { mode: verify-full, ca: "%s" }
        """,
        PORT,
        shown.chain(),
        shown.key(),
        verifier,
        postgres.host(),
        postgres.port(),
        postgres.authority().ca());
  }

  private static Process startPgplane(Path configuration) throws IOException {
    List<String> command = BuiltJar.java(List.of());
    command.addAll(List.of("-jar", BuiltJar.path(), "run", "--conf", configuration.toString()));
    return new ProcessBuilder(command).inheritIO().start();
  }

  private static boolean answers() {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), PORT)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  private static void explain(Path configuration) {
    say(
        String.format(
            Locale.ROOT,
            """

        pgplane listens on port %1$d. The user is demo, with the password demo. Try:

          PGPASSWORD=demo psql "host=localhost port=%1$d user=demo dbname=demo sslmode=require"
          demo=> SELECT * FROM planet;

        Its configuration is %2$s: a change is picked up while it runs.
        Ctrl-C ends everything.
        """,
            PORT,
            configuration));
  }

  private static void stop(Process pgplane) throws InterruptedException {
    pgplane.destroy();
    if (!pgplane.waitFor(STOP.toMillis(), TimeUnit.MILLISECONDS)) {
      say("pgplane does not end; it is killed.");
      pgplane.destroyForcibly().waitFor();
    }
  }

  /** A signal waits for the step that is under way; none begins after it. */
  private synchronized <T> T begin(Callable<T> step, Undo<T> undo) throws Exception {
    if (stopping) {
      throw new IllegalStateException("it is stopping");
    }
    T begun = step.call();
    started.push(() -> undo.undo(begun));
    return begun;
  }

  private synchronized void stop() {
    stopping = true;
    while (!started.isEmpty()) {
      try {
        started.pop().close();
      } catch (Exception e) {
        say("While stopping: " + e.getMessage());
      }
    }
  }

  /** The end of what a step began. */
  private interface Undo<T> {
    void undo(T begun) throws Exception;
  }

  /** Says what is news only to those who did not press Ctrl-C. */
  private void report(String text) {
    if (!stopping) {
      say(text);
    }
  }

  private static void say(String text) {
    System.out.println(text);
  }
}
