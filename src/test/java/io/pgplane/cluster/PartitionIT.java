package io.pgplane.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.testkit.Await;
import io.pgplane.testkit.MemberProcess;
import io.pgplane.testkit.OneCluster;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.Setup;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
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

  private final Setup setup = Setup.on(Version.NEWEST);
  private List<MemberProcess> members = List.of();

  @BeforeEach
  void start() throws IOException {
    members = MemberProcess.started(setup, directory, 3);
  }

  @AfterEach
  void stop() {
    members.forEach(MemberProcess::close);
  }

  @Test
  void refuseChangesWhereTooFewAreLeftAndGoOnServing() throws Exception {
    MemberProcess alone = members.get(0);
    long before = acknowledged(put(alone, 1));

    members.get(1).kill();
    members.get(2).kill();

    Await.until("it refuses changes", PATIENCE, () -> put(alone, 2).statusCode() == 503);
    logIn(alone);
    JsonObject standing = alone.standing();
    assertThat(standing.getLong("inForce")).isGreaterThanOrEqualTo(before);
    assertThat(standing.getString("trouble")).isNotEmpty();
  }

  @Test
  void agreeAgainWithTheOneThatWasApart() throws Exception {
    MemberProcess apart = members.get(2);
    long before = acknowledged(put(members.get(0), 1));
    Await.until("all have it", PATIENCE, () -> revision(apart) == before);
    Instant lost;
    apart.signal("STOP");
    try {
      lost = Instant.now();
      taken(members.get(0), 2);
      taken(members.get(1), 3);
      logIn(members.get(0));
      logIn(members.get(1));
    } finally {
      apart.signal("CONT");
    }
    logIn(apart);

    Await.until("all agree", PATIENCE, this::isOneState);
    assertThat(Instant.parse(apart.standing().getString("inStep"))).isAfter(lost);
    long last = taken(apart, 4);
    assertThat(last).isGreaterThan(before + 2);
    Await.until("all go by it", PATIENCE, () -> isInForce(last));
  }

  private HttpResponse<String> put(MemberProcess member, int limit)
      throws IOException, InterruptedException {
    JsonObject document =
        new JsonObject().put("secret", setup.verifier().text()).put("connectionLimit", limit);
    return member.apply(
        new JsonObject().put("put", "users").put("name", "another").put("document", document));
  }

  /** Right after a partition a member may not see yet who is there. */
  private long taken(MemberProcess member, int limit) {
    AtomicLong revision = new AtomicLong();
    Await.until(
        "a change is acknowledged",
        PATIENCE,
        () -> {
          revision.set(acknowledged(put(member, limit)));
          return true;
        });
    return revision.get();
  }

  private static long acknowledged(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return new JsonObject(answer.body()).getLong("revision");
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
