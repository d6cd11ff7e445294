package io.pgplane.controlplane.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.testkit.Await;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ProxyFixture;
import io.pgplane.testkit.StreamingPair;
import io.pgplane.topology.Balancing;
import io.pgplane.topology.Role;
import io.pgplane.topology.Server;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Locale;
import java.util.Properties;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A primary and a standby, found out by probing. */
class RolesIT {
  private static final Duration INTERVAL = Duration.ofMillis(200);

  @Order(1)
  @RegisterExtension
  final StreamingPair pair = new StreamingPair();

  @Order(2)
  @RegisterExtension
  final ProxyFixture fixture = new ProxyFixture();

  private Proxy proxy;
  private Server first;
  private Server second;

  @BeforeEach
  void start() {
    first = pair.primaryServer();
    second = pair.standbyServer();
    proxy =
        fixture.start(
            pair.setup()
                .backend(
                    backend ->
                        backend
                            .with(pair.check(INTERVAL))
                            .with(Balancing.DEFAULTS.maxLag(Duration.ofSeconds(1)))));
  }

  @Test
  void sendsEachRoleToTheServersThatHaveIt() throws SQLException {
    assertThat(port(Role.PRIMARY)).isEqualTo(first.port());
    assertThat(port(Role.READ_WRITE)).isEqualTo(first.port());
    assertThat(port(Role.READ_ONLY)).isEqualTo(second.port());
    assertThat(port(Role.PREFER_STANDBY)).isEqualTo(second.port());
  }

  @Test
  void takesThePrimaryWhereAStandbyIsPreferredAndGone() throws SQLException {
    pair.standby().close();

    Await.until("the standby is down", () -> port(Role.PREFER_STANDBY) == first.port());
    assertThat(port(Role.STANDBY)).isZero();
  }

  @Test
  void leavesAStandbyAloneThatIsLate() {
    pair.primary().execute("CREATE TABLE seen ()");
    Await.until(
        "it has replayed a transaction",
        () ->
            pair.standby()
                .query("SELECT pg_last_xact_replay_timestamp() > '-infinity'")
                .equals("t"));
    pair.standby().query("SELECT pg_wal_replay_pause()");
    Await.until(
        "it is late",
        () -> {
          pair.primary().execute("CREATE TABLE IF NOT EXISTS late ()", "DROP TABLE late");
          return port(Role.STANDBY) == 0;
        });
    pair.standby().query("SELECT pg_wal_replay_resume()");

    Await.until("it has caught up", () -> port(Role.STANDBY) == second.port());
  }

  @Test
  void leavesAStandbyAloneThatIsCutOff() {
    pair.standby().set("primary_conninfo", "host=localhost port=1");

    Await.until("it is late", () -> port(Role.STANDBY) == 0);
  }

  /** The port of the server that a login of this role comes to; 0 if it comes to none. */
  private int port(Role role) throws SQLException {
    Properties wish = new Properties();
    wish.setProperty(
        "options",
        "-c pgplane.target_session_attrs="
            + role.name().toLowerCase(Locale.ROOT).replace('_', '-'));
    try (Connection connection = proxy.jdbc(wish);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT inet_server_port()")) {
      rows.next();
      return rows.getInt(1);
    } catch (SQLException e) {
      assertThat(e.getSQLState()).isEqualTo("57P03");
      return 0;
    }
  }
}
