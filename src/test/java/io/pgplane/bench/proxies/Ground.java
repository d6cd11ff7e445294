package io.pgplane.bench.proxies;

import io.pgplane.testkit.Certificates;
import io.pgplane.testkit.Certificates.Issued;
import io.pgplane.testkit.ClientTool;
import io.pgplane.testkit.RealPostgres;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.Setup;
import io.pgplane.topology.Server;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** The PostgreSQL that all are measured with, and what is in it. */
final class Ground implements AutoCloseable {
  private static final int ROWS_PER_MEGABYTE = 10_000;
  private static final int SCALE = 10;

  final Setup setup;
  private final RealPostgres postgres;
  private final Path directory;

  /** Starts it. */
  Ground(Path directory) {
    this.directory = directory;
    this.postgres =
        RealPostgres.startEmbedded(
            Version.NEWEST, Map.of("max_connections", "2500", "shared_buffers", "512MB"));
    this.setup = Setup.on(postgres);
  }

  /** A certificate for proxies, which the server itself shows from now on, too. */
  Issued certificate(Certificates.KeyType type) {
    Issued issued = postgres.authority().server("bench_" + type, type, "localhost", "127.0.0.1");
    postgres.present(issued);
    return issued;
  }

  Server server() {
    return new Server("127.0.0.1", postgres.port());
  }

  /** The tables of pgbench. */
  void fill() {
    ClientTool.require("pgbench")
        .to("127.0.0.1", postgres.port(), setup.database())
        .as(setup.user(), setup.password())
        .run("-i", "-q", "-s", String.valueOf(SCALE))
        .succeeded();
  }

  /**
   * A table of so many megabytes as COPY counts them.
   *
   * @return the same as a file
   */
  Path fillBulk(int megabytes) throws IOException {
    postgres.executeIn(
        setup.database(),
        "CREATE UNLOGGED TABLE bulk (id int, text char(90))",
        "GRANT ALL ON bulk TO \"" + setup.user() + "\"",
        "INSERT INTO bulk SELECT g, md5(g::text) FROM generate_series(10000000, 9999999 + "
            + megabytes * ROWS_PER_MEGABYTE
            + ") g",
        "VACUUM ANALYZE bulk");
    Path file = directory.resolve("bulk.txt");
    Files.deleteIfExists(file);
    ClientTool.require("psql")
        .to("127.0.0.1", postgres.port(), setup.database())
        .as(setup.user(), setup.password())
        .run("-Xq", "-o", file.toString(), "-c", "COPY bulk TO STDOUT")
        .succeeded();
    return file;
  }

  @Override
  public void close() {
    postgres.close();
  }
}
