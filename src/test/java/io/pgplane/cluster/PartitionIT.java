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
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Three processes that are one, of which one loses sight of the others and finds them again. */
@ExtendWith(OneCluster.class)
class PartitionIT {
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  @TempDir Path directory;

  private List<MemberProcess> members = List.of();

  @BeforeEach
  void start() throws IOException {
    members = MemberProcess.started(Setup.on(Version.NEWEST), directory, 3);
  }

  @AfterEach
  void stop() {
    members.forEach(MemberProcess::close);
  }

  @Test
  void refuseChangesWhereTooFewAreLeftAndGoOnServing() throws Exception {
    MemberProcess alone = members.get(0);
    long before = Together.taken(alone, 1);

    members.get(1).kill();
    members.get(2).kill();

    Await.until("it refuses changes", PATIENCE, () -> Together.put(alone, 2).statusCode() == 503);
    logIn(alone);
    // No member confirms a change, so it is refused before the next look finds the reason.
    Await.until("it tells why", PATIENCE, () -> alone.standing().containsKey("trouble"));
    assertThat(alone.standing().getLong("inForce")).isGreaterThanOrEqualTo(before);
  }

  @Test
  void agreeAgainWithTheOneThatWasApart() throws Exception {
    MemberProcess apart = members.get(2);
    long before = Together.taken(members.get(0), 1);
    Await.until("all have it", PATIENCE, () -> revision(apart) == before);
    Instant lost;
    apart.signal("STOP");
    try {
      lost = Instant.now();
      Together.taken(members.get(0), 2);
      Together.taken(members.get(1), 3);
      logIn(members.get(0));
      logIn(members.get(1));
    } finally {
      apart.signal("CONT");
    }
    logIn(apart);

    Await.until("all agree", PATIENCE, this::isOneState);
    assertThat(Instant.parse(apart.standing().getString("inStep"))).isAfter(lost);
    long last = Together.taken(apart, 4);
    assertThat(last).isGreaterThan(before + 2);
    Await.until("all go by it", PATIENCE, () -> isInForce(last));
  }

  private static long revision(MemberProcess member) throws IOException, InterruptedException {
    return member.standing().getLong("revision");
  }

  private boolean isOneState() throws IOException, InterruptedException {
    String digest = members.get(0).standing().getString("digest");
    for (MemberProcess member : members) {
      JsonObject standing = member.standing();
      if (!digest.equals(standing.getString("digest")) || standing.containsKey("trouble")) {
        return false;
      }
    }
    return true;
  }

  private boolean isInForce(long revision) throws IOException, InterruptedException {
    for (MemberProcess member : members) {
      if (member.standing().getLong("inForce") != revision) {
        return false;
      }
    }
    return true;
  }

  private static void logIn(MemberProcess member) throws SQLException {
    try (Connection connection = member.jdbc()) {
      assertThat(connection.isValid(5)).isTrue();
    }
  }
}
