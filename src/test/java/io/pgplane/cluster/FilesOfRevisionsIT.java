package io.pgplane.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.testkit.Await;
import io.pgplane.testkit.Certificates;
import io.pgplane.testkit.MemberProcess;
import io.pgplane.testkit.OneCluster;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.Setup;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Files that no configuration file names, but a document that came by the API. */
@ExtendWith(OneCluster.class)
class FilesOfRevisionsIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir Path directory;

  private final Setup setup = Setup.on(Version.NEWEST);
  private MemberProcess member;

  @BeforeEach
  void start() throws Exception {
    member = MemberProcess.started(setup, directory, 1).get(0);
  }

  @AfterEach
  void stop() {
    member.close();
  }

  @Test
  void areLoadedAgainWhenTheyChange() throws Exception {
    Path right = setup.postgres().authority().ca();
    Path wrong = Certificates.in(Files.createDirectory(directory.resolve("others"))).ca();
    Path named = Files.copy(right, directory.resolve("ca.crt"));
    verifyServersBy(named);
    assertThat(logsIn()).isTrue();

    replace(named, wrong);
    Await.until("logins fail", PATIENCE, () -> !logsIn());

    replace(named, right);
    Await.until("they succeed again", PATIENCE, this::logsIn);
  }

  private void verifyServersBy(Path ca) throws Exception {
    JsonObject backend =
        new JsonObject(member.get("/v1/backends").body())
            .getJsonArray("items")
            .getJsonObject(0)
            .getJsonObject("document");
    backend.put("tls", new JsonObject().put("mode", "verify-ca").put("ca", ca.toString()));
    var answer =
        member.apply(
            new JsonObject()
                .put("put", "backends")
                .put("name", backend.getString("name"))
                .put("document", backend));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
  }

  private boolean logsIn() {
    try (Connection connection = member.jdbc()) {
      return connection.isValid(5);
    } catch (SQLException e) {
      return false;
    }
  }

  private static void replace(Path file, Path by) throws Exception {
    Path next = Files.copy(by, file.resolveSibling("next.crt"));
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
