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
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A process that waits for the others of its cluster. */
@ExtendWith(OneCluster.class)
class JoiningMemberIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration SOON = Duration.ofSeconds(10);

  @TempDir Path directory;

  private MemberProcess member;

  @BeforeEach
  void start() throws IOException {
    member = MemberProcess.of(Setup.on(Version.NEWEST), directory, 2).get(0).start();
    Await.until("it waits", PATIENCE, () -> member.log().contains("waits for the cluster"));
  }

  @AfterEach
  void stop() {
    member.close();
  }

  @Test
  void tellsWhatItKnowsAndRefusesTheRest() throws Exception {
    assertThat(member.standing().getString("trouble")).contains("has not met the others");
    assertThat(new JsonObject(member.get("/v1/sessions").body()).getJsonArray("missing"))
        .containsExactly(member.name());
    assertThat(member.delete("/v1/users/nobody").statusCode()).isEqualTo(503);
    assertThat(member.get("/readyz").body()).contains("joining");
  }

  @Test
  void endsCleanlyAndSoon() {
    long begin = System.nanoTime();

    int exit = member.terminate();

    assertThat(member.log()).contains("stopped").doesNotContain("ERROR");
    assertThat(exit).isZero();
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(SOON);
  }
}
