package io.pgplane.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.topology.Server;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import java.util.UUID;

/** A server that streams from a primary, both as processes of this machine. */
public final class Standby implements AutoCloseable {
  private final EmbeddedPostgresServer server;
  private final Path data;

  private Standby(EmbeddedPostgresServer server, Path data) {
    this.server = server;
    this.data = data;
  }

  /** Copies a primary that runs ("Making a Base Backup Using the Low Level API"). */
  public static Standby of(RealPostgres primary) throws IOException, SQLException {
    Path work = EmbeddedPostgresServer.binaries();
    Path data = work.resolve("data-" + UUID.randomUUID());
    try (Connection connection = primary.admin("postgres");
        Statement statement = connection.createStatement()) {
      statement.execute("SELECT pg_backup_start('standby', true)");
      run("cp", "-a", primary.query("SHOW data_directory"), data.toString());
      try (ResultSet stop = statement.executeQuery("SELECT labelfile FROM pg_backup_stop()")) {
        stop.next();
        Files.writeString(data.resolve("backup_label"), stop.getString(1));
      }
    }
    Files.delete(data.resolve("postmaster.pid"));
    Files.createFile(data.resolve("standby.signal"));
    Files.writeString(
        data.resolve("postgresql.auto.conf"),
        String.format(
            Locale.ROOT,
            "primary_conninfo = 'host=%s port=%d user=postgres'%n",
            primary.host(),
            primary.port()),
        StandardOpenOption.APPEND);
    return new Standby(EmbeddedPostgresServer.startOn(Version.NEWEST, work, data), data);
  }

  public Server server() {
    return new Server(server.host(), server.port());
  }

  /** Makes it a primary; returns when it is one. */
  public void promote() {
    query("SELECT pg_promote()");
  }

  /** Changes its configuration. */
  public void set(String setting, String value) {
    try (Connection connection = admin();
        Statement statement = connection.createStatement()) {
      statement.execute("ALTER SYSTEM SET " + setting + " = '" + value + "'");
      statement.execute("SELECT pg_reload_conf()");
    } catch (SQLException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  /** The first column of the first row, as text. */
  public String query(String sql) {
    try (Connection connection = admin();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      return rows.next() ? String.valueOf(rows.getString(1)) : "";
    } catch (SQLException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  /** Sends a signal to the postmaster, which is not the sessions that it has begun. */
  public void signal(String name) throws IOException {
    signal(data, name);
  }

  /** Sends a signal to the postmaster of a data directory. */
  static void signal(Path data, String name) throws IOException {
    String pid = Files.readAllLines(data.resolve("postmaster.pid")).get(0).strip();
    run("kill", "-" + name, pid);
  }

  @Override
  public void close() {
    server.close();
  }

  private Connection admin() throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://" + server() + "/postgres?sslmode=disable", "postgres", "");
  }

  private static void run(String... command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    try {
      if (process.waitFor() != 0) {
        throw new IOException(String.join(" ", command) + ": " + output);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }
}
