package io.pgplane.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.testkit.Await;
import io.pgplane.testkit.MemberProcess;
import io.pgplane.testkit.MemberProcess.Place;
import io.pgplane.testkit.RealPostgres;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;

/** What members have in common: a state, and who is the oldest. */
final class Together {
  static final Duration PATIENCE = Duration.ofMinutes(2);

  private static final Pattern OLDEST =
      Pattern.compile("Members \\{size:.{0,60}?Member (\\[[0-9.]+]:[0-9]+)", Pattern.DOTALL);

  private final List<MemberProcess> members;
  private final List<String> acknowledged = new ArrayList<>();

  Together(List<MemberProcess> members) {
    this.members = members;
  }

  /** Makes a change at a member that is acknowledged at the latest when it knows who is there. */
  void change(MemberProcess member) {
    String user = RealPostgres.uniqueName("changed");
    Await.until(
        "a change is acknowledged", PATIENCE, () -> member.putUser(user).statusCode() == 200);
    acknowledged.add(user);
  }

  /** Puts a user, with this limit. */
  static HttpResponse<String> put(MemberProcess member, int limit)
      throws IOException, InterruptedException {
    JsonObject document =
        new JsonObject()
            .put("secret", member.setup().verifier().text())
            .put("connectionLimit", limit);
    return member.apply(
        new JsonObject().put("put", "users").put("name", "another").put("document", document));
  }

  /**
   * The revision of that, once it is acknowledged: right after a partition a member may not see yet
   * who is there, and on a busy machine another may be late with it.
   */
  static long taken(MemberProcess member, int limit) {
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

  /** The first in Hazelcast's list, which directs the others, as one of them tells. */
  MemberProcess oldest(MemberProcess witness) {
    String oldest =
        OLDEST
            .matcher(witness.log())
            .results()
            .map(match -> match.group(1))
            .reduce((first, second) -> second)
            .orElseThrow();
    return members.stream()
        .filter(member -> oldest.equals(listed(member.place())))
        .findFirst()
        .orElseThrow();
  }

  private static String listed(Place place) {
    return "[" + place.address() + "]:" + place.port();
  }

  /** Returns once all have the same, stored and in force, with all that was acknowledged. */
  void awaitAgreement() throws Exception {
    Await.until("all agree", PATIENCE, this::agree);
    for (MemberProcess member : members) {
      for (String user : acknowledged) {
        assertThat(member.get("/v1/users/" + user).statusCode())
            .as(user + " at " + member.name())
            .isEqualTo(200);
      }
    }
  }

  private boolean agree() throws IOException, InterruptedException {
    String digest = members.get(0).standing().getString("digest");
    for (MemberProcess member : members) {
      JsonObject standing = member.standing();
      Long revision = standing.getLong("revision");
      if (!digest.equals(standing.getString("digest"))
          || !revision.equals(standing.getLong("inForce"))
          || !revision.equals(standing.getLong("stored"))
          || standing.containsKey("trouble")) {
        return false;
      }
    }
    return true;
  }
}
