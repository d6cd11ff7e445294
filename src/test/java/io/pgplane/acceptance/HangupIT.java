package io.pgplane.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.config.ListenerTls;
import io.pgplane.config.TlsParameters;
import io.pgplane.testkit.Await;
import io.pgplane.testkit.Certificates.Issued;
import io.pgplane.testkit.Certificates.KeyType;
import io.pgplane.testkit.Message;
import io.pgplane.testkit.Packets;
import io.pgplane.testkit.PgplaneProcess;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.ScriptedClient;
import io.pgplane.testkit.Setup;
import io.pgplane.topology.CertificateFiles;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SIGHUP, which reloads the configuration as in PostgreSQL and PgBouncer. */
class HangupIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final FileTime LONG_AGO = FileTime.from(Instant.ofEpochSecond(1_700_000_000));

  /** More than any certificate or key of these tests. */
  private static final int SIZE = 4_096;

  @TempDir Path directory;

  private final Setup setup = Setup.on(Version.NEWEST);

  @Test
  void reloadsWhetherOrNotFilesHaveChangedAndKeepsSessions() throws Exception {
    Path chain = directory.resolve("tls.crt");
    Path key = directory.resolve("tls.key");
    write(issue("before"), chain, key);
    setup.listenerTls(
        new ListenerTls(
            ListenerTls.Mode.ALLOW,
            List.of(new CertificateFiles(chain, key)),
            Optional.empty(),
            TlsParameters.DEFAULTS));
    try (PgplaneProcess pgplane = PgplaneProcess.start(setup, directory);
        ScriptedClient running = pgplane.connect()) {
      pgplane.login(running.startTls("postgresql"));
      pgplane.signal("HUP");
      Await.until("it is logged", PATIENCE, () -> !lines(pgplane, "reloaded").isEmpty());
      assertThat(lines(pgplane, "reloaded")).singleElement().asString().contains("INFO");
      Issued after = issue("after");
      write(after, chain, key);

      pgplane.signal("HUP");

      // The watch may see the change before: no tool can set back the time of an inode's change.
      Await.until("it is logged", PATIENCE, () -> lines(pgplane, "reloaded").size() > 1);
      try (ScriptedClient client = pgplane.connect()) {
        assertThat(client.startTls("postgresql").peerCertificate()).hasValue(after.certificate());
        pgplane.login(client);
      }
      running.send(Packets.query("SELECT 1"));
      assertThat(running.readUntil('Z')).extracting(Message::type).doesNotContain('E');
    }
  }

  @Test
  void tellsAllProblemsOfAFileThatItCannotTakeEachTime() throws Exception {
    try (PgplaneProcess pgplane = PgplaneProcess.start(setup, directory)) {
      String good = Files.readString(pgplane.configuration());
      Files.writeString(
          pgplane.configuration(), good.replace("backend: db", "backend: bd\n    colour: red"));
      Await.until("the watch tells", PATIENCE, () -> lines(pgplane, "not reloaded").size() == 1);

      pgplane.signal("HUP");

      Await.until("SIGHUP tells", PATIENCE, () -> lines(pgplane, "not reloaded").size() == 2);
      assertThat(lines(pgplane, "not reloaded"))
          .allSatisfy(line -> assertThat(line).contains("no backend named", "colour: unknown key"));
      pgplane.jdbc().close();
    }
  }

  @Test
  void doesNotEndAProcessThatStillStarts() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        PgplaneProcess pgplane =
            PgplaneProcess.starting(
                setup,
                directory,
                PgplaneProcess.Way.USUAL.more(
                    "cluster: { secret: a secret of this test }\n"
                        + "store: { type: postgres, host: 127.0.0.1, database: x, user: x,"
                        + " password: \"p\", tls: { mode: disable }, port: "
                        + silent.getLocalPort()
                        + " }\n"))) {
      // The store is asked while it starts, and does not answer.
      silent.accept().setKeepAlive(true);

      pgplane.signal("HUP");

      Await.until("it is logged", PATIENCE, () -> !lines(pgplane, "SIGHUP").isEmpty());
      assertThat(pgplane.isAlive()).isTrue();
    }
  }

  @Test
  void reloadsUnderAnInterruptThatDrains() throws Exception {
    try (PgplaneProcess pgplane = PgplaneProcess.start(setup, directory);
        ScriptedClient busy = pgplane.connect()) {
      pgplane.login(busy);
      busy.send(Packets.query("BEGIN"));
      assertThat(busy.readUntil('Z')).extracting(Message::type).doesNotContain('E');

      pgplane.signal("INT");
      Await.until("it drains", PATIENCE, () -> !lines(pgplane, "draining").isEmpty());
      pgplane.signal("HUP");
      Await.until("it is logged", PATIENCE, () -> !lines(pgplane, "reloaded").isEmpty());

      busy.send(Packets.query("COMMIT"));
      assertThat(busy.readUntil('Z')).extracting(Message::type).doesNotContain('E');
      assertThat(pgplane.exitCode(PATIENCE)).isZero();
    }
  }

  private static List<String> lines(PgplaneProcess pgplane, String text) {
    return pgplane.log().lines().filter(line -> line.contains(text)).toList();
  }

  private Issued issue(String name) {
    return setup.postgres().authority().server(setup.user() + name, KeyType.EC_P256, "localhost");
  }

  private static void write(Issued issued, Path chain, Path key) throws IOException {
    rewrite(chain, Files.readString(issued.chain()));
    rewrite(key, Files.readString(issued.key()));
  }

  /** The same inode, size and time, whatever the text. */
  private static void rewrite(Path file, String text) throws IOException {
    Files.writeString(file, text + "\n".repeat(SIZE - text.length()));
    Files.setLastModifiedTime(file, LONG_AGO);
  }
}
