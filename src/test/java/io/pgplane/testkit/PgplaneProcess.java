package io.pgplane.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** pgplane as its users run it: the jar, a configuration file, a process. */
public final class PgplaneProcess extends Endpoint implements AutoCloseable {
  private static final Duration START = Duration.ofSeconds(30);

  private final Process process;
  private final int port;
  private final Path configuration;
  private final Path log;

  private PgplaneProcess(Setup setup, Process process, int port, Path directory) {
    super(setup);
    this.process = process;
    this.port = port;
    this.configuration = configuration(directory);
    this.log = log(directory);
  }

  /**
   * Runs it until it answers.
   *
   * @param directory for its configuration and its log
   * @param options of its JVM
   */
  public static PgplaneProcess start(Setup setup, Path directory, String... options)
      throws IOException {
    return start(setup, directory, List.of(options), List.of());
  }

  /**
   * The same with arguments for itself.
   *
   * @param arguments of {@code run}
   */
  public static PgplaneProcess start(
      Setup setup, Path directory, List<String> options, List<String> arguments)
      throws IOException {
    PgplaneProcess started = run(setup, directory, "", options, arguments);
    started.awaitAnswer();
    return started;
  }

  /**
   * Runs it, and waits for nothing.
   *
   * @param more for the beginning of its configuration
   */
  public static PgplaneProcess starting(Setup setup, Path directory, String more)
      throws IOException {
    return run(setup, directory, more, List.of(), List.of());
  }

  private static PgplaneProcess run(
      Setup setup, Path directory, String more, List<String> options, List<String> arguments)
      throws IOException {
    int port = FreePort.next();
    Files.writeString(configuration(directory), more + setup.yaml(port));
    List<String> command = BuiltJar.java(options);
    command.addAll(List.of("-jar", BuiltJar.path()));
    command.addAll(List.of("run", "--conf", configuration(directory).toString()));
    command.addAll(arguments);
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(log(directory).toFile())
            .start();
    return new PgplaneProcess(setup, process, port, directory);
  }

  @Override
  public int port() {
    return port;
  }

  /** The file it was started with, and looks at while it runs. */
  public Path configuration() {
    return configuration;
  }

  /** What it has said up to now. */
  public String log() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** Sends it SIGTERM. */
  public void terminate() {
    process.destroy();
  }

  /** Sends it a signal by its short name. */
  public void signal(String name) throws IOException, InterruptedException {
    BuiltJar.signal(name, process);
  }

  /** Its exit code, once it has ended. */
  public int exitCode(Duration patience) throws InterruptedException {
    if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new AssertionError("pgplane has not ended within " + patience + ":\n" + log());
    }
    return process.exitValue();
  }

  /** A line of {@code /proc/<pid>/status} that is in kB, in bytes. */
  public long status(String key) throws IOException {
    return number("status", key) << 10;
  }

  /** How many bytes it has read up to now, from files, pipes and sockets. */
  public long bytesRead() throws IOException {
    return number("io", "rchar");
  }

  private long number(String file, String key) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/" + process.pid() + "/" + file))) {
      if (line.startsWith(key + ":")) {
        return Long.parseLong(line.replaceAll("\\D", ""));
      }
    }
    throw new IOException("no " + key + " in the " + file + " of the process");
  }

  /** Whether it has files of a kind that the kernel calls so. */
  public boolean files(String kind) throws IOException {
    try (DirectoryStream<Path> open =
        Files.newDirectoryStream(Path.of("/proc/" + process.pid() + "/fd"))) {
      for (Path file : open) {
        if (Files.readSymbolicLink(file).toString().contains(kind)) {
          return true;
        }
      }
      return false;
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
    Await.until("pgplane is dead", () -> !process.isAlive());
  }

  private void awaitAnswer() {
    try {
      Await.until("pgplane listens", START, () -> !process.isAlive() || answers());
      if (!process.isAlive()) {
        throw new AssertionError("pgplane did not start:\n" + log());
      }
    } catch (AssertionError e) {
      close();
      throw e;
    }
  }

  private boolean answers() throws IOException {
    try (ScriptedClient client = connect()) {
      return client.send(Packets.sslRequest()).readByte() == 'S';
    }
  }

  private static Path configuration(Path directory) {
    return directory.resolve("pgplane.yaml");
  }

  private static Path log(Path directory) {
    return directory.resolve("pgplane.log");
  }
}
