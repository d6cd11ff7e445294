package io.pgplane.testkit;

import static io.pgplane.testkit.RealPostgres.uniqueName;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgplane.testkit.Certificates.Issued;
import io.pgplane.testkit.Certificates.KeyType;
import io.pgplane.testkit.RealPostgres.Auth;
import io.pgplane.testkit.RealPostgres.Version;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RealPostgresIT {
  private static final String SECRET = "secret of the test";

  @ParameterizedTest
  @EnumSource
  void runsTheVersionAskedFor(Version version) {
    RealPostgres postgres = RealPostgres.shared(version);

    assertThat(postgres.query("SHOW server_version")).startsWith(version.major() + ".");
    assertThat(postgres.query("SHOW wal_level")).isEqualTo("logical");
  }

  @ParameterizedTest
  @EnumSource(names = {"PASSWORD", "MD5", "SCRAM", "SCRAM_OVER_TLS"})
  void asksEachUserForThePasswordInItsOwnWay(Auth auth) throws Exception {
    for (Version version : Version.values()) {
      RealPostgres postgres = RealPostgres.shared(version);
      String user = uniqueName("kit");
      postgres.createUser(user, SECRET, auth);

      try (Connection connection = connect(postgres, user, SECRET, "verify-full")) {
        assertThat(connection.isValid(5)).isTrue();
        assertThat(postgres.connections(user)).isOne();
      }

      assertThatThrownBy(() -> connect(postgres, user, "wrong", "verify-full"))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("28P01"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void refusesClearToAUserOfTlsOnly(Version version) {
    RealPostgres postgres = RealPostgres.shared(version);
    String user = uniqueName("kit");
    postgres.createUser(user, SECRET, Auth.SCRAM_OVER_TLS);

    assertThatThrownBy(() -> connect(postgres, user, SECRET, "disable"))
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("28000"));
  }

  @ParameterizedTest
  @EnumSource
  void takesAClientCertificate(Version version) {
    RealPostgres postgres = RealPostgres.shared(version);
    String user = uniqueName("kit");
    postgres.createUser(user, "", Auth.CERTIFICATE);
    Issued certificate = postgres.authority().client(user);

    ClientTool.Result result =
        ClientTool.require("psql")
            .to(postgres.host(), postgres.port(), "postgres")
            .as(user, "")
            .env("PGSSLMODE", "verify-full")
            .env("PGSSLROOTCERT", postgres.authority().ca().toString())
            .env("PGSSLCERT", certificate.chain().toString())
            .env("PGSSLKEY", certificate.key().toString())
            .run("-XAtc", "SELECT client_dn FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
            .succeeded();

    assertThat(result.out()).isEqualTo("/CN=" + user + "\n");
  }

  @ParameterizedTest
  @EnumSource
  void asksNothingOfATrustedUser(Version version) throws Exception {
    RealPostgres postgres = RealPostgres.shared(version);
    String user = uniqueName("kit");
    postgres.createUser(user, "", Auth.TRUST);

    try (Connection connection = connect(postgres, user, "", "disable")) {
      assertThat(connection.isValid(5)).isTrue();
    }
  }

  @Test
  void diesWithoutAWordAndLeavesTheSharedOneAlone() {
    RealPostgres postgres = RealPostgres.start(Version.NEWEST);
    try {
      Issued rsa = postgres.authority().server("rsa", KeyType.RSA_2048, "localhost");
      postgres.present(rsa);
      postgres.refuseTls();
      assertThatThrownBy(() -> connect(postgres, "postgres", "", "require"))
          .hasMessageContaining("does not support SSL");

      postgres.kill();

      Await.until("the port is closed", () -> refuses(postgres));
    } finally {
      postgres.close();
    }
    assertThat(RealPostgres.shared(Version.NEWEST).query("SELECT 1")).isEqualTo("1");
  }

  private static boolean refuses(RealPostgres postgres) {
    try (ScriptedClient client = ScriptedClient.connect(postgres.host(), postgres.port())) {
      return client == null;
    } catch (IOException e) {
      return true;
    }
  }

  private static Connection connect(
      RealPostgres postgres, String user, String password, String sslmode) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://"
            + (postgres.host() + ":" + postgres.port())
            + ("/postgres?sslmode=" + sslmode)
            + ("&sslrootcert=" + postgres.authority().ca()),
        user,
        password);
  }
}
