package io.pgplane.testkit;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import io.zonky.test.db.postgres.embedded.PgBinaryResolver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;

/** PostgreSQL from its own binaries, as a process beside ours. */
final class EmbeddedPostgresServer implements PostgresServer {
  private final EmbeddedPostgres postgres;
  private final String binaries;

  private EmbeddedPostgresServer(EmbeddedPostgres postgres, String binaries) {
    this.postgres = postgres;
    this.binaries = binaries;
  }

  /** Where the build puts the binaries. */
  static Path binaries() {
    return Path.of(System.getProperty("pgplane.postgres.dir", "target/postgres")).toAbsolutePath();
  }

  /** Where the client libraries of a version are, once its server has run from its binaries. */
  static Optional<Path> libraries(RealPostgres.Version version) {
    try (DirectoryStream<Path> unpacked = Files.newDirectoryStream(binaries(), "PG-*")) {
      for (Path directory : unpacked) {
        Path libraries = directory.resolve("lib");
        if (Files.exists(libraries.resolve("libpq.so.5." + version.major()))) {
          return Optional.of(libraries);
        }
      }
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Starts a server that ends with the JVM.
   *
   * @param work a directory for the unpacked binaries, which may be used again, and for the data
   */
  static EmbeddedPostgresServer start(RealPostgres.Version version, Path work) {
    return start(version, work, Map.of());
  }

  /** The same with other settings on top of those of all. */
  static EmbeddedPostgresServer start(
      RealPostgres.Version version, Path work, Map<String, String> settings) {
    return start(version, work, data(work), true, settings);
  }

  /** Starts a server on a data directory that is there already, and ends with the JVM. */
  static EmbeddedPostgresServer startOn(RealPostgres.Version version, Path work, Path data) {
    return start(version, work, data, true, Map.of());
  }

  /** Starts a server that the caller must close. */
  static EmbeddedPostgresServer startUnattended(RealPostgres.Version version, Path work) {
    return start(version, work, data(work), false, Map.of());
  }

  private static Path data(Path work) {
    return work.resolve("data-" + UUID.randomUUID());
  }

  private static EmbeddedPostgresServer start(
      RealPostgres.Version version,
      Path work,
      Path data,
      boolean endsWithJvm,
      Map<String, String> settings) {
    // The builder reads it: servers that a killed JVM left behind are looked for there.
    System.setProperty("ot.epg.working-dir", work.toString());
    try {
      Path jar = jar(version);
      EmbeddedPostgres.Builder builder =
          EmbeddedPostgres.builder()
              .setPgBinaryResolver(new JarOfBinaries(jar))
              .setOverrideWorkingDirectory(work.toFile())
              .setDataDirectory(data)
              .setCleanDataDirectory(!Files.exists(data))
              .setRegisterShutdownHook(endsWithJvm)
              .setPGStartupWait(Duration.ofSeconds(60))
              // A socket file would outlive a server that is killed.
              .setServerConfig("unix_socket_directories", "");
      CONFIG.forEach(builder::setServerConfig);
      settings.forEach(builder::setServerConfig);
      return new EmbeddedPostgresServer(builder.start(), jar.getFileName().toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (IllegalStateException e) {
      throw new IllegalStateException(
          "PostgreSQL did not start. It refuses to run as root: then `unshare -U` must be allowed,"
              + " which many containers forbid. Run as another user, or with a container engine.",
          e);
    }
  }

  private static Path jar(RealPostgres.Version version) throws IOException {
    try (DirectoryStream<Path> jars =
        Files.newDirectoryStream(binaries(), version.major() + ".*.jar")) {
      for (Path jar : jars) {
        return jar;
      }
    }
    throw new IOException(
        "no PostgreSQL " + version.major() + " in " + binaries() + "; the build copies it there");
  }

  @Override
  public String host() {
    return "localhost";
  }

  @Override
  public int port() {
    return postgres.getPort();
  }

  @Override
  public void close() {
    try {
      postgres.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String toString() {
    return "embedded binaries of " + binaries;
  }

  /** A record, since unpacked binaries are remembered by their resolver. */
  private record JarOfBinaries(Path jar) implements PgBinaryResolver {
    @Override
    public InputStream getPgBinary(String system, String machineHardware) throws IOException {
      try (JarFile file = new JarFile(jar.toFile())) {
        ZipEntry archive =
            file.stream()
                .filter(entry -> entry.getName().endsWith(".txz"))
                .findFirst()
                .orElseThrow(() -> new IOException("no *.txz in " + jar));
        return new ByteArrayInputStream(file.getInputStream(archive).readAllBytes());
      }
    }
  }
}
