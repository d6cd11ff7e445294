package io.pgplane.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.opentest4j.TestAbortedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A client program of PostgreSQL, as the machine has it. Immutable: each setting makes another. */
public final class ClientTool {
  private static final Logger LOG = LoggerFactory.getLogger(ClientTool.class);
  private static final Path DEBIAN = Path.of("/usr/lib/postgresql");

  private final Path program;
  private final Map<String, String> environment;
  private final String input;
  private final Duration timeout;

  private ClientTool(
      Path program, Map<String, String> environment, String input, Duration timeout) {
    this.program = program;
    this.environment = Map.copyOf(environment);
    this.input = input;
    this.timeout = timeout;
  }

  /** What came of a run. */
  public record Result(int exit, String out, String err) {
    /** The same, if the program says that all went well. */
    public Result succeeded() {
      assertThat(exit).as("exit code, with this on stderr: %s", err).isZero();
      return this;
    }
  }

  /** The program, or else the test is skipped, and says so. */
  public static ClientTool require(String name) {
    return require(name, "postgresql-client postgresql-contrib");
  }

  /** The same for a program of other packages of Debian. */
  public static ClientTool require(String name, String packages) {
    Optional<Path> program = find(name);
    if (program.isEmpty()) {
      throw skipped(name + " is not installed; it comes with `apt-get install " + packages + "`");
    }
    // Errors are compared as text, so nothing may come from this machine's settings.
    Map<String, String> environment = new HashMap<>();
    environment.put("LC_ALL", "C.UTF-8");
    environment.put("HOME", "/nonexistent");
    environment.put("PGCONNECT_TIMEOUT", "30");
    return new ClientTool(program.get(), environment, "", Duration.ofSeconds(60));
  }

  /** The newest server that such a tool of its version talks to; several refuse a newer one. */
  public RealPostgres.Version newestServer() {
    // "psql (PostgreSQL) 15.18 (Debian ...)"
    String[] words = run("--version").succeeded().out().split(" ", -1);
    int major = Integer.parseInt(words[2].split("\\D", -1)[0]);
    return major < RealPostgres.Version.NEWEST.major()
        ? RealPostgres.Version.OLDEST
        : RealPostgres.Version.NEWEST;
  }

  /** The same with a variable in its environment. */
  public ClientTool env(String name, String value) {
    Map<String, String> more = new HashMap<>(environment);
    more.put(name, value);
    return new ClientTool(program, more, input, timeout);
  }

  /** The same, connecting to there, unless its arguments say otherwise. */
  public ClientTool to(String host, int port, String database) {
    return env("PGHOST", host).env("PGPORT", String.valueOf(port)).env("PGDATABASE", database);
  }

  /** The same, logging in so. */
  public ClientTool as(String user, String password) {
    return env("PGUSER", user).env("PGPASSWORD", password);
  }

  /** The same with the libpq of this version, or else the test is skipped, and says so. */
  public ClientTool libpq(RealPostgres.Version version) {
    Optional<Path> libraries = EmbeddedPostgresServer.libraries(version);
    if (libraries.isEmpty()) {
      throw skipped("no libpq " + version.major() + " here; it comes with the embedded server");
    }
    return env("LD_LIBRARY_PATH", libraries.get().toString());
  }

  /** The same with this to read. */
  public ClientTool input(String text) {
    return new ClientTool(program, environment, text, timeout);
  }

  /** The same with more or less patience than a minute. */
  public ClientTool timeout(Duration limit) {
    return new ClientTool(program, environment, input, limit);
  }

  /** Runs to its end. */
  public Result run(String... arguments) {
    try {
      Path out = Files.createTempFile("tool", ".out");
      Path err = Files.createTempFile("tool", ".err");
      try {
        Process process =
            builder(arguments).redirectOutput(out.toFile()).redirectError(err.toFile()).start();
        process.outputWriter(UTF_8).append(input).close();
        if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
          process.destroyForcibly().waitFor();
          throw new AssertionError(
              "no end within "
                  + timeout
                  + ": "
                  + program
                  + List.of(arguments)
                  + "\n"
                  + Files.readString(err));
        }
        return new Result(process.exitValue(), Files.readString(out), Files.readString(err));
      } finally {
        Files.delete(out);
        Files.delete(err);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Starts it, for the caller to end; what it says is in the file. */
  public Process start(Path output, String... arguments) {
    try {
      return builder(arguments).redirectErrorStream(true).redirectOutput(output.toFile()).start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts it, for the caller to read and to end. */
  public Process start(String... arguments) {
    try {
      return builder(arguments).redirectErrorStream(true).start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The exception for a test that cannot run on this machine.
   *
   * @throws AssertionError where {@code PGPLANE_TEST_SKIP} is {@code fail}: all is there, it says
   */
  public static TestAbortedException skipped(String why) {
    if ("fail".equals(System.getenv("PGPLANE_TEST_SKIP"))) {
      throw new AssertionError("no test may be skipped here (PGPLANE_TEST_SKIP): " + why);
    }
    String text = "SKIPPED: " + why;
    LOG.warn(text);
    return new TestAbortedException(text);
  }

  private ProcessBuilder builder(String... arguments) {
    List<String> command = new ArrayList<>(List.of(program.toString()));
    Collections.addAll(command, arguments);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
    builder.environment().putAll(environment);
    return builder;
  }

  private static Optional<Path> find(String name) {
    List<Path> directories = new ArrayList<>();
    for (String directory :
        System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
      directories.add(Path.of(directory));
    }
    // Debian leaves pgbench and others out of the PATH.
    if (Files.isDirectory(DEBIAN)) {
      try (DirectoryStream<Path> versions = Files.newDirectoryStream(DEBIAN)) {
        versions.forEach(version -> directories.add(version.resolve("bin")));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return directories.stream()
        .map(directory -> directory.resolve(name))
        .filter(Files::isExecutable)
        .findFirst();
  }
}
