package io.pgplane.controlplane.revision;

import static io.pgplane.controlplane.revision.Samples.VERIFIER;
import static io.pgplane.controlplane.revision.Samples.await;
import static io.pgplane.controlplane.revision.Samples.user;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pgplane.config.Problem;
import io.pgplane.config.Source;
import io.pgplane.controlplane.revision.ControlException.Kind;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RevisionDeskTest {
  private final Vertx vertx = Vertx.vertx();
  private final SimulatedMember member =
      new SimulatedMember(
          "a",
          vertx,
          new SharedLedger(vertx, 1, new Random(0)),
          Samples.config(Source.CLUSTER, Samples.FILE, 1),
          new Random(0));

  @BeforeEach
  void start() {
    await(member.start());
  }

  @AfterEach
  void close() {
    await(vertx.close());
  }

  @Test
  void appliesAndShowsTheDifferenceWithoutSecrets() {
    JsonObject reply = ask("apply", put(user("bob")).put("author", "test"));

    assertThat(reply)
        .isEqualTo(
            new JsonObject()
                .put("revision", 2)
                .put("dryRun", false)
                .put(
                    "changes",
                    new JsonArray()
                        .add(
                            new JsonObject()
                                .put("table", "users")
                                .put("name", "bob")
                                .put("after", user("bob").put("secret", "(hidden)"))))
                .put("late", new JsonArray()));
  }

  @Test
  void keepsASecretThatComesBackAsItWasShown() {
    JsonObject shown =
        ask("get", new JsonObject().put("table", "users").put("name", "alice"))
            .getJsonArray("items")
            .getJsonObject(0)
            .getJsonObject("document");

    ask("apply", put(shown.put("connectionLimit", 3)));

    assertThat(shown.encode()).doesNotContain(VERIFIER);
    assertThat(member.revisions().state().find(Table.USERS, "alice").orElseThrow().json())
        .isEqualTo(user("alice").put("connectionLimit", 3));
  }

  @Test
  void pagesByName() {
    ask("apply", put(user("bob")));
    ask("apply", put(user("carol")));

    JsonObject page =
        ask("get", new JsonObject().put("table", "users").put("after", "alice").put("limit", 1));

    assertThat(page.getInteger("revision")).isEqualTo(3);
    assertThat(page.getJsonArray("items")).hasSize(1);
    assertThat(page.getJsonArray("items").getJsonObject(0).getString("name")).isEqualTo("bob");
  }

  @Test
  void tellsTheHistoryTheLastFirstAndOneWithItsDocuments() {
    ask("apply", put(user("bob")).put("author", "me").put("comment", "why"));

    JsonObject all = ask("history", new JsonObject());
    JsonObject one = ask("history", new JsonObject().put("number", 2));

    assertThat(
            all.getJsonArray("revisions").stream().map(it -> ((JsonObject) it).getLong("number")))
        .containsExactly(2L, 1L);
    JsonObject revision = one.getJsonArray("revisions").getJsonObject(0);
    assertThat(revision.getString("author")).isEqualTo("me");
    assertThat(revision.getString("comment")).isEqualTo("why");
    assertThat(revision.getJsonArray("changes").encode())
        .contains("(hidden)")
        .doesNotContain(VERIFIER);
  }

  @Test
  void tellsEverythingThatIsWrongInARequest() {
    ControlException refused =
        refusal(
            "apply",
            new JsonObject()
                .put("comment", "two\nlines")
                .put("expectedRevision", "one")
                .put("changes", new JsonArray().add("x").add(new JsonObject().put("put", "cats"))));

    assertThat(refused.kind()).isEqualTo(Kind.INVALID);
    assertThat(refused.problems())
        .extracting(Problem::path)
        .containsExactlyInAnyOrder("comment", "expectedRevision", "changes[0]", "changes[1]");
    assertThat(refused).hasMessageContainingAll("comment: ", "changes[0]: ", "changes[1]: ");
  }

  @Test
  void tellsWhatTheDocumentsLackByTheirPaths() {
    ControlException refused = refusal("apply", put(new JsonObject().put("name", "bob")));

    assertThat(refused.problems()).extracting(Problem::path).containsExactly("users.bob.secret");
  }

  @Test
  void knowsWhatIsNotThere() {
    List<ControlException> refused =
        List.of(
            refusal("get", new JsonObject().put("table", "users").put("name", "nobody")),
            refusal("history", new JsonObject().put("number", 99)),
            refusal("rollback", new JsonObject().put("to", 99)),
            refusal("dance", new JsonObject()));

    assertThat(refused).extracting(ControlException::kind).containsOnly(Kind.NOT_FOUND);
    assertThat(refusal("rollback", new JsonObject()).kind()).isEqualTo(Kind.INVALID);
  }

  private static JsonObject put(JsonObject user) {
    return new JsonObject()
        .put(
            "changes",
            new JsonArray().add(new JsonObject().put("put", "users").put("document", user)));
  }

  private JsonObject ask(String action, JsonObject request) {
    return await(new RevisionDesk(member.revisions()).request(action, request));
  }

  private ControlException refusal(String action, JsonObject request) {
    return catchThrowableOfType(ControlException.class, () -> ask(action, request));
  }
}
