package io.pgplane.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.testkit.ClientTool;
import io.pgplane.testkit.PgplaneProcess;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.Setup;
import io.vertx.core.transport.Transport;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TransportIT {
  @TempDir private Path directory;

  @ParameterizedTest
  @CsvSource({
    "EPOLL, verify-full",
    "EPOLL, disable",
    "IO_URING, verify-full",
    "IO_URING, disable",
    "NIO, verify-full",
    "NIO, disable"
  })
  void servesByTheTransportThatTheOperatorHasChosen(String transport, String sslMode)
      throws Exception {
    if (transport.equals("IO_URING") && !Transport.IO_URING.available()) {
      throw ClientTool.skipped("no io_uring: " + Transport.IO_URING.unavailabilityCause());
    }
    Properties properties = new Properties();
    properties.setProperty("sslmode", sslMode);
    try (PgplaneProcess pgplane =
            PgplaneProcess.start(
                Setup.on(Version.NEWEST), directory, List.of(), List.of("--transport", transport));
        Connection connection = pgplane.jdbc(properties)) {
      assertThat(connection.isValid(10)).isTrue();
      assertThat(pgplane.files("io_uring")).isEqualTo(transport.equals("IO_URING"));
      assertThat(pgplane.files("eventpoll")).isEqualTo(!transport.equals("IO_URING"));
      assertThat(pgplane.log()).contains(transport + " transport");
    }
  }
}
