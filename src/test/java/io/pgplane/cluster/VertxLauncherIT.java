package io.pgplane.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.testkit.Await;
import io.pgplane.testkit.BuiltJar;
import io.pgplane.testkit.MemberProcess;
import io.pgplane.testkit.OneCluster;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.Setup;
import io.pgplane.testkit.VertxLauncher;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.jar.JarFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Two processes of the command line that the documentation has for Vert.x's launcher. */
@ExtendWith(OneCluster.class)
class VertxLauncherIT {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

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
    first.signal("HUP");
    Await.until(
        "the signal is taken", PATIENCE, () -> first.log().contains("configuration reloaded"));
    assertAnswers(first);
    first.edit(text -> text.replace("backend: db", "backend: nowhere"));
    Await.until(
        "the file is read again", PATIENCE, () -> first.log().contains("routes[0].backend"));
    assertEndsItsSessionsAndThenItself(second);
    assertAnswers(first);
  }

  @Test
  void endOnAHazelcastWithoutProtectionForSoManyMembers() throws Exception {
    MemberProcess member = members.get(0);
    Files.writeString(
        directory.resolve("member1").resolve("hazelcast.xml"),
        VertxLauncher.hazelcast(member.clusterPorts(), 0));

    int status = member.start().awaitEnd();

    assertThat(status).isEqualTo(1);
    assertThat(member.log()).contains("split-brain-protection-ref must name");
  }

  @Test
  void endWithAllThatIsWrongInTheConfiguration() throws Exception {
    MemberProcess member = members.get(0);
    member.edit(text -> text.replace("backend: db", "backend: nowhere")).start();

    int status = member.awaitEnd();

    assertThat(status).isEqualTo(1);
    assertThat(member.log()).contains("routes[0].backend");
  }

  @Test
  void findNoHazelcastConfigurationAtTheRootOfTheJar() throws IOException {
    try (JarFile jar = new JarFile(BuiltJar.path())) {
      assertThat(jar.getEntry("cluster.xml")).isNull();
      assertThat(jar.getEntry("io/pgplane/hazelcast.xml")).isNotNull();
    }
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

      assertThat(member.awaitEnd()).isZero();
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
