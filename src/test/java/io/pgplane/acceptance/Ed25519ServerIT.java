package io.pgplane.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.testkit.Certificates.KeyType;
import io.pgplane.testkit.Packets;
import io.pgplane.testkit.PgplaneProcess;
import io.pgplane.testkit.RealPostgres;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.ScriptedClient;
import io.pgplane.testkit.Setup;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A server with an Ed25519 certificate, which has no hash to bind to: PostgreSQL offers
 * SCRAM-SHA-256-PLUS all the same.
 */
class Ed25519ServerIT {
  @TempDir private Path directory;

  private final RealPostgres postgres = RealPostgres.shared(Version.NEWEST);
  private final Setup setup = Setup.on(postgres);

  @BeforeEach
  void present() {
    postgres.present(postgres.authority().server("ed", KeyType.ED25519, "localhost"));
  }

  @AfterEach
  void restore() {
    postgres.restoreTls();
  }

  @Test
  void isLoggedInToWithoutChannelBindingByTheJdk() throws Exception {
    try (PgplaneProcess pgplane =
            PgplaneProcess.start(setup, directory, "-Dio.netty.handler.ssl.noOpenSsl=true");
        ScriptedClient client = pgplane.connect()) {
      pgplane.login(client);

      client.send(Packets.query("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"));

      assertThat(client.readUntil('Z').get(1).text(6)).isEqualTo("t");
    }
  }

  /** BoringSSL offers no Ed25519 as a client, and Netty has no switch for it. */
  @Test
  void isServedByTheJdkWhereBoringSslCannot() throws Exception {
    try (PgplaneProcess pgplane = PgplaneProcess.start(setup, directory)) {
      for (int login = 0; login < 2; login++) {
        try (ScriptedClient client = pgplane.connect()) {
          pgplane.login(client);
        }
      }

      assertThat(pgplane.log().lines().filter(line -> line.contains("the JDK does TLS with")))
          .hasSize(1);
    }
  }
}
