package io.pgplane.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.testkit.Await;
import io.pgplane.testkit.MemberProcess;
import io.pgplane.testkit.OneCluster;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.Setup;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Three processes that are one, of which some die now and then. */
@ExtendWith(OneCluster.class)
class KilledMembersIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int CHANGES = 100;
  private static final int NOT_THERE = 0;

  @TempDir Path directory;

  private final Setup setup = Setup.on(Version.NEWEST);
  private final Random random = new Random(5);

  /** What was acknowledged, and what may have been done all the same: the limit of each user. */
  private final Map<String, List<Integer>> possible = new HashMap<>();

  private List<MemberProcess> members = List.of();
  private long lastAcknowledged;

  @BeforeEach
  void start() throws IOException {
    members = MemberProcess.started(setup, directory, 3);
  }

  @AfterEach
  void stop() {
    members.forEach(MemberProcess::close);
  }

  @Test
  void agreeWithWhatWasAcknowledgedAndStayOpenForLogins() throws Exception {
    for (int change = 0; change < CHANGES; change++) {
      if (change % 25 == 10) {
        members.get(random.nextInt(members.size())).kill();
      } else if (change % 25 == 20) {
        restartTheDead();
      }
      put(alive(), "user" + random.nextInt(10), 1 + random.nextInt(1000));
      if (change % 10 == 0) {
        logInEverywhere();
      }
    }
    restartTheDead();

    assertAllAgree();
  }

  @Test
  void rememberThroughTheDeathOfAllWhoeverComesBackFirst() throws Exception {
    for (List<Integer> order : List.of(List.of(0, 1, 2), List.of(2, 0, 1), List.of(1, 2, 0))) {
      putForCertain("user" + order.get(0));
      members.get(order.get(1)).kill();
      putForCertain("last");
      for (MemberProcess member : members) {
        member.kill();
      }

      for (int next : order) {
        members.get(next).start();
      }

      members.forEach(MemberProcess::awaitReady);
      assertAllAgree();
      logInEverywhere();
    }
  }

  private MemberProcess alive() {
    List<MemberProcess> alive = members.stream().filter(MemberProcess::isAlive).toList();
    return alive.get(random.nextInt(alive.size()));
  }

  private void restartTheDead() throws IOException {
    for (MemberProcess member : members) {
      if (!member.isAlive()) {
        member.start().awaitReady();
      }
    }
  }

  private boolean put(MemberProcess member, String user, int limit) throws Exception {
    JsonObject document =
        new JsonObject().put("secret", setup.verifier().text()).put("connectionLimit", limit);
    HttpResponse<String> answer =
        member.apply(
            new JsonObject().put("put", "users").put("name", user).put("document", document));
    if (answer.statusCode() == 200) {
      lastAcknowledged = new JsonObject(answer.body()).getLong("revision");
      possible.put(user, new ArrayList<>(List.of(limit)));
    } else {
      assertThat(answer.statusCode()).as(answer.body()).isIn(202, 503);
      // It may have been done, or not.
      possible.computeIfAbsent(user, name -> new ArrayList<>(List.of(NOT_THERE))).add(limit);
    }
    return answer.statusCode() == 200;
  }

  /** Right after a death nobody knows yet who is left. */
  private void putForCertain(String user) {
    Await.until(
        "a change is acknowledged", PATIENCE, () -> put(alive(), user, 1 + random.nextInt(1000)));
  }

  private void logInEverywhere() throws SQLException {
    for (MemberProcess member : members) {
      if (member.isAlive()) {
        try (Connection connection = member.jdbc()) {
          assertThat(connection.isValid(5)).isTrue();
        }
      }
    }
  }

  private void assertAllAgree() throws Exception {
    String digest = members.get(0).standing().getString("digest");
    for (MemberProcess member : members) {
      Await.until(
          member.name() + " has what all have, stored and in force",
          PATIENCE,
          () -> {
            JsonObject standing = member.standing();
            Long revision = standing.getLong("revision");
            return standing.getString("digest").equals(digest)
                && revision.equals(standing.getLong("inForce"))
                && revision.equals(standing.getLong("stored"));
          });
      assertThat(member.standing().getLong("revision")).isGreaterThanOrEqualTo(lastAcknowledged);
      assertThat(limits(member))
          .allSatisfy((user, limit) -> assertThat(possible.get(user)).contains(limit))
          .containsKeys(certain());
    }
  }

  private String[] certain() {
    return possible.entrySet().stream()
        .filter(entry -> entry.getValue().size() == 1)
        .map(Map.Entry::getKey)
        .toArray(String[]::new);
  }

  private Map<String, Integer> limits(MemberProcess member) throws Exception {
    JsonArray items =
        new JsonObject(member.get("/v1/users?limit=1000").body()).getJsonArray("items");
    Map<String, Integer> limits = new HashMap<>();
    for (Object item : items) {
      JsonObject document = ((JsonObject) item).getJsonObject("document");
      if (document.containsKey("connectionLimit")) {
        limits.put(document.getString("name"), document.getInteger("connectionLimit"));
      }
    }
    return limits;
  }
}
