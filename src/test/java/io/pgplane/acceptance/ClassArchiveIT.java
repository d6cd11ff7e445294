package io.pgplane.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.testkit.PgplaneProcess;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.Setup;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the image is built with, and what all tests start the jar with. */
class ClassArchiveIT {
  @TempDir private Path directory;

  @Test
  void theJarStartsWithTheClassesThatTheScriptHasArchived() throws Exception {
    try (PgplaneProcess pgplane =
            PgplaneProcess.start(Setup.on(Version.NEWEST), directory, "-Xlog:class+load");
        Connection connection = pgplane.jdbc(new Properties())) {
      assertThat(connection.isValid(10)).isTrue();
      assertThat(pgplane.log())
          .contains("io.pgplane.launch.Member source: shared objects file (top)")
          .contains("io.netty.channel.epoll.Epoll source: shared objects file (top)");
    }
  }
}
