package io.pgplane.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.testkit.Await;
import io.pgplane.testkit.MemberProcess;
import io.pgplane.testkit.OneCluster;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.Setup;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Two processes of {@code vertx run io.pgplane.launch.PgplaneVerticle -cluster -instances 2}. */
@ExtendWith(OneCluster.class)
class VertxLauncherIT {
  private static final int SIGTERM_EXIT = 128 + 15;

  @TempDir Path directory;

  private final Setup setup = Setup.on(Version.NEWEST);
  private List<MemberProcess> members = List.of();

  @BeforeEach
  void prepare() throws IOException {
    members = MemberProcess.of(setup, directory, 2);
    for (MemberProcess member : members) {
      member.byLauncher();
    }
  }

  @AfterEach
  void stop() {
    members.forEach(MemberProcess::close);
  }

  @Test
  void areOneAndServeClientsUntilTheyAreTerminated() throws Exception {
    MemberProcess first = members.get(0).start();
    MemberProcess second = members.get(1).start();
    first.awaitReady();
    second.awaitReady();
    JsonObject newcomer = new JsonObject().put("secret", setup.verifier().text());

    JsonObject applied =
        new JsonObject(
            first
                .apply(
                    new JsonObject()
                        .put("put", "users")
                        .put("name", "newcomer")
                        .put("document", newcomer))
                .body());

    assertThat(applied.getJsonArray("late")).as(applied.encode()).isEmpty();
    assertThat(second.standing().getLong("inForce")).isEqualTo(applied.getLong("revision"));
    assertThat(second.get("/v1/users/newcomer").statusCode()).isEqualTo(200);
    assertThat(first.log()).contains("[cluster.hazelcast, cluster.host]");
    assertAnswers(first);
    assertAnswers(second);
    assertEndsItsSessionsAndThenItself(second);
    assertAnswers(first);
  }

  @Test
  void endWithAllThatIsWrongInTheConfiguration() throws Exception {
    MemberProcess member = members.get(0).replacing("backend: db", "backend: nowhere").start();

    member.awaitEnd();

    assertThat(member.log()).contains("routes[0].backend");
  }

  private static void assertAnswers(MemberProcess member) throws SQLException {
    try (Connection connection = member.jdbc();
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("SELECT 42")) {
      assertThat(result.next()).isTrue();
      assertThat(result.getInt(1)).isEqualTo(42);
    }
  }

  /** The work that it does is done first. */
  private void assertEndsItsSessionsAndThenItself(MemberProcess member) throws SQLException {
    try (Connection busy = member.jdbc();
        Statement statement = busy.createStatement()) {
      busy.setAutoCommit(false);
      statement.execute("SELECT 1");
      Thread ending = new Thread(member::terminate);
      ending.start();
      Await.until("no new clients", () -> !accepts(member));

      statement.execute("SELECT 2");
      busy.commit();

      assertThat(member.awaitEnd()).isEqualTo(SIGTERM_EXIT);
    }
  }

  private static boolean accepts(MemberProcess member) {
    try (Connection connection = member.jdbc()) {
      return connection != null;
    } catch (SQLException e) {
      return false;
    }
  }
}
