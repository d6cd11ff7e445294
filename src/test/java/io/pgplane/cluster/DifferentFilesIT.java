package io.pgplane.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.testkit.Await;
import io.pgplane.testkit.Exposition;
import io.pgplane.testkit.MemberProcess;
import io.pgplane.testkit.OneCluster;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.Setup;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Two members with {@code topology.source: file}, of which only the first has a store. */
@Timeout(value = 4, unit = TimeUnit.MINUTES)
@ExtendWith(OneCluster.class)
class DifferentFilesIT {
  @TempDir Path directory;

  private final Setup setup = Setup.on(Version.NEWEST);
  private List<MemberProcess> members = List.of();

  @AfterEach
  void stop() {
    members.forEach(MemberProcess::close);
  }

  @Test
  void aRestartWithAnOlderFileRevertsNothingAndEndsNoSession() throws Exception {
    members = MemberProcess.of(setup, directory, 2);
    MemberProcess first = members.get(0);
    MemberProcess second = members.get(1).edit(text -> text.replaceAll("store: .*", ""));
    for (MemberProcess member : members) {
      member.edit(
          text ->
              text.replace("source: cluster", "source: file")
                  .replace(setup.yamlUser(), user("other")));
    }
    MemberProcess.started(members);
    awaitRevision(2); // the first, and the second one's file remembered

    first.edit(text -> text + setup.yamlUser() + "\n");
    awaitRevision(3);
    try (Connection session = first.jdbc()) {
      second.terminate();
      second.start().awaitReady();

      awaitDifference(1);
      assertAnswers(session);
      awaitRevision(3);
    }
    try (Connection session = second.jdbc()) {
      assertAnswers(session);
    }
    assertThat(second.log()).contains("[\"-" + setup.user() + "\"]");
    assertThat(first.log()).contains("files of other members differ").contains("[\"member2\"]");

    second.edit(text -> text + setup.yamlUser() + "\n");
    awaitDifference(0);
    awaitRevision(3);

    second.terminate();
    second.edit(text -> text + user("later") + "\n").start().awaitReady();
    awaitRevision(4);
    assertThat(first.get("/v1/users/later").statusCode()).isEqualTo(200);
  }

  private String user(String name) {
    return setup.yamlUser().replace("name: " + setup.user(), "name: " + name);
  }

  private void awaitRevision(long number) {
    Await.until(
        "revision " + number,
        Together.PATIENCE,
        () -> {
          for (MemberProcess member : members) {
            if (member.standing().getLong("inForce") != number) {
              return false;
            }
          }
          return true;
        });
  }

  private void awaitDifference(int differs) {
    for (MemberProcess member : members) {
      Await.until(
          member.name() + " says whether files differ",
          Together.PATIENCE,
          () -> differs(member) == differs);
    }
  }

  private static double differs(MemberProcess member) throws IOException, InterruptedException {
    return Exposition.parse(member.get("/metrics").body())
        .value("pgplane_configuration_differs")
        .orElseThrow();
  }

  private static void assertAnswers(Connection session) throws SQLException {
    try (Statement statement = session.createStatement();
        ResultSet result = statement.executeQuery("SELECT 42")) {
      assertThat(result.next()).isTrue();
      assertThat(result.getInt(1)).isEqualTo(42);
    }
  }
}
