package io.pgplane.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * PostgreSQL in a namespace of its own for process ids, as in a container: two of them have the
 * same ones. Its postmaster is process 1 there, so {@code postmaster.pid} means nothing outside.
 */
final class PostgresOfOwnPids implements PostgresServer {
  private final Process process;
  private final int port;

  private PostgresOfOwnPids(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /** Starts one; where that is not permitted, the test is skipped. */
  static PostgresOfOwnPids start(RealPostgres.Version version) {
    Path work = EmbeddedPostgresServer.binaries();
    Path programs =
        EmbeddedPostgresServer.libraries(version)
            .map(libraries -> libraries.resolveSibling("bin"))
            .orElseThrow(() -> ClientTool.skipped("no embedded PostgreSQL is unpacked here"));
    if (!run("unshare", "--user", "--pid", "--fork", "true").isEmpty()) {
      throw ClientTool.skipped("namespaces for process ids are not permitted here");
    }
    String data = work.resolve("data-" + UUID.randomUUID()).toString();
    String initdb = programs.resolve("initdb").toString();
    run("unshare", "--user", initdb, "-A", "trust", "-U", "postgres", "--no-sync", "-D", data);
    int port = FreePort.next();
    List<String> command =
        new ArrayList<>(List.of("unshare", "--user", "--pid", "--fork", "--kill-child"));
    command.addAll(List.of(programs.resolve("postgres").toString(), "-D", data, "-p", "" + port));
    CONFIG.forEach((name, value) -> command.addAll(List.of("-c", name + "=" + value)));
    command.addAll(List.of("-c", "unix_socket_directories=", "-c", "autovacuum=off"));
    try {
      File log = new File(data, "log");
      Process process =
          new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log).start();
      PostgresOfOwnPids server = new PostgresOfOwnPids(process, port);
      Runtime.getRuntime().addShutdownHook(new Thread(server::close));
      Await.until("PostgreSQL takes connections", server::isReady);
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String host() {
    return "localhost";
  }

  @Override
  public int port() {
    return port;
  }

  /** As a crash would; the kernel ends all that is in the namespace. */
  @Override
  public void close() {
    process.destroyForcibly();
  }

  @Override
  public String toString() {
    return "embedded binaries with process ids of its own";
  }

  private boolean isReady() throws SQLException {
    String url = "jdbc:postgresql://localhost:" + port + "/postgres?sslmode=disable";
    try (Connection connection = DriverManager.getConnection(url, "postgres", "")) {
      return connection.isValid(1);
    }
  }

  /** The output of a program that fails. */
  private static String run(String... command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String output = new String(process.getInputStream().readAllBytes(), UTF_8);
      return process.waitFor(1, TimeUnit.MINUTES) && process.exitValue() == 0
          ? ""
          : "failed: " + output;
    } catch (IOException e) {
      return "failed: " + e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
