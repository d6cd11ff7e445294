package io.pgplane.testkit;

import static java.util.stream.Collectors.toSet;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

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
    return start(setup, directory, Way.USUAL.options(options).arguments(arguments));
  }

  /** The same in another way. */
  public static PgplaneProcess start(Setup setup, Path directory, Way way) throws IOException {
    PgplaneProcess started = starting(setup, directory, way);
    started.awaitAnswer();
    return started;
  }

  /** Runs it, and waits for nothing. */
  public static PgplaneProcess starting(Setup setup, Path directory, Way way) throws IOException {
    int port = FreePort.next();
    Files.writeString(configuration(directory), way.more() + setup.yaml(port));
    List<String> command = new ArrayList<>(way.before());
    command.addAll(BuiltJar.java(way.options()));
    command.addAll(List.of("-jar", BuiltJar.path()));
    command.addAll(List.of("run", "--conf", configuration(directory).toString()));
    command.addAll(way.arguments());
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    if (!way.unread()) {
      builder.redirectOutput(log(directory).toFile());
    }
    return new PgplaneProcess(setup, builder.start(), port, directory);
  }

  /**
   * How it is run.
   *
   * @param before the command that its own is an argument of
   * @param options of its JVM
   * @param arguments of {@code run}
   * @param more for the beginning of its configuration
   * @param unread whether all that it says goes to a pipe, which somebody else has to read
   */
  public record Way(
      List<String> before,
      List<String> options,
      List<String> arguments,
      String more,
      boolean unread) {
    /** As users do. */
    public static final Way USUAL = new Way(List.of(), List.of(), List.of(), "", false);

    /** With a command before its own. */
    public Way before(String... command) {
      return new Way(List.of(command), options, arguments, more, unread);
    }

    /** With options of its JVM. */
    public Way options(List<String> some) {
      return new Way(before, some, arguments, more, unread);
    }

    /** With arguments of its own. */
    public Way arguments(List<String> some) {
      return new Way(before, options, some, more, unread);
    }

    /** With more in its configuration. */
    public Way more(String yaml) {
      return new Way(before, options, arguments, yaml, unread);
    }

    /** With a pipe that is not read. */
    public Way intoAPipe() {
      return new Way(before, options, arguments, more, true);
    }
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

  /** The pipe that is not read yet. */
  public InputStream pipe() {
    return process.getInputStream();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** Its process id. */
  public long pid() {
    return process.pid();
  }

  /** The CPU time that it has taken up to now. */
  public Duration cpu() {
    return process.info().totalCpuDuration().orElseThrow();
  }

  /** The CPU time up to now of its threads of this name, in steps of 10 ms. */
  public Duration cpu(String thread) throws IOException {
    long ticks = 0;
    try (Stream<Path> threads = Files.list(Path.of("/proc/" + process.pid() + "/task"))) {
      for (Path each : threads.toList()) {
        if (Files.readString(each.resolve("comm")).startsWith(thread)) {
          // Fields 14 and 15, of which the name, the second, is behind the last parenthesis.
          String stat = Files.readString(each.resolve("stat"));
          String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
          ticks += Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
        }
      }
    }
    return Duration.ofMillis(ticks * 10);
  }

  /** Its file descriptors. */
  public Set<Integer> descriptors() throws IOException {
    try (Stream<Path> open = Files.list(Path.of("/proc/" + process.pid() + "/fd"))) {
      return open.map(file -> Integer.valueOf(file.getFileName().toString())).collect(toSet());
    }
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

  long number(String file, String key) throws IOException {
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
