package io.pgplane.controlplane.admin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.controlplane.admin.AdminClient.Reply;
import io.pgplane.controlplane.revision.ControlException;
import io.pgplane.controlplane.revision.ControlException.Kind;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.net.URLDecoder;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Change sets and their history, from request to revision. */
class ApiIT {
  private static final JsonObject USER = new JsonObject().put("secret", AdminFixture.VERIFIER);

  @RegisterExtension static final AdminFixture PORT = new AdminFixture();

  private final AdminClient client = PORT.as(AdminFixture.ADMINISTRATOR);
  private long revision;

  @BeforeEach
  void askForTheRevision() throws Exception {
    revision = client.get("/v1/users").json().getLong("revision");
  }

  @Test
  void makesAUserAndShowsItWithoutItsSecret() throws Exception {
    Reply made = client.put("/v1/users/bob?comment=newcomer", USER.copy());
    Reply shown = client.get("/v1/users/bob");

    assertThat(made.status()).isEqualTo(200);
    assertThat(made.json().getLong("revision")).isEqualTo(revision + 1);
    assertThat(made.header("ETag")).isEqualTo("\"" + (revision + 1) + "\"");
    assertThat(shown.json().getString("name")).isEqualTo("bob");
    assertThat(shown.json().getLong("revision")).isEqualTo(revision + 1);
    assertThat(shown.http().body() + made.http().body()).doesNotContain(AdminFixture.VERIFIER);
  }

  @Test
  void writesWhoAndWhyIntoTheHistory() throws Exception {
    client.put("/v1/users/carol?comment=she%20asked", USER.copy());

    Reply one = client.get("/v1/revisions/" + (revision + 1));
    JsonObject last =
        client.get("/v1/revisions?limit=1").json().getJsonArray("revisions").getJsonObject(0);

    assertThat(one.json().getString("author")).isEqualTo("administrator");
    assertThat(one.json().getString("comment")).isEqualTo("she asked");
    assertThat(last.getLong("number")).isEqualTo(revision + 1);
  }

  @Test
  void onlyTellsWhatADryRunWouldChange() throws Exception {
    Reply dry = client.put("/v1/users/nobody?dryRun=true", USER.copy());

    assertThat(dry.json().getBoolean("dryRun")).isTrue();
    assertThat(dry.json().getJsonArray("changes")).hasSize(1);
    assertThat(client.get("/v1/users/nobody").status()).isEqualTo(404);
  }

  @Test
  void warnsInADryRunOfWhatTheChangeBrings() throws Exception {
    String changes =
        """
        {"dryRun": true, "changes": [
          {"put": "backends", "name": "far",
            "document": {"servers": [{"host": "10.9.9.9"}], "tls": {"mode": "prefer"}}},
          {"put": "routes", "name": "never", "document": {"match": {"user": "zoe"}, "backend": "far"}},
          {"put": "backends", "name": "unused",
            "document": {"servers": [{"host": "10.9.9.8"}], "tls": {"mode": "verify-full"}}},
          {"put": "users", "name": "zoe", "document": {"password": "pencil"}}]}
        """;

    JsonObject dry = client.post("/v1/apply", new JsonObject(changes)).json();
    JsonObject same = client.post("/v1/rollback", rollback(true)).json();
    JsonObject done = client.post("/v1/rollback", rollback(false)).json();

    assertThat(
            dry.getJsonArray("warnings").stream()
                .map(warning -> ((JsonObject) warning).getString("path")))
        .containsExactlyInAnyOrder(
            "backends.far.tls.mode",
            "routes.never.match",
            "backends.unused.name",
            "users.zoe.password");
    assertThat(dry.encode()).doesNotContain("pencil");
    assertThat(same.getJsonArray("warnings")).isEmpty();
    assertThat(done.containsKey("warnings")).isFalse();
  }

  private JsonObject rollback(boolean dry) {
    return new JsonObject().put("to", revision).put("dryRun", dry);
  }

  @Test
  void refusesAChangeThatWasMadeForAnotherRevision() throws Exception {
    client.put("/v1/users/dave", USER.copy());

    Reply stale = client.delete("/v1/users/dave?expectedRevision=" + revision);
    Reply unmatched =
        client.send(
            client.request("/v1/users/dave").header("If-Match", "\"" + revision + "\"").DELETE());
    Reply matched =
        client.send(
            client
                .request("/v1/users/dave")
                .header("If-Match", "\"" + (revision + 1) + "\"")
                .DELETE());

    assertThat(
            client.send(client.request("/v1/users/dave").header("If-Match", "*").DELETE()).status())
        .isEqualTo(400);
    assertThat(stale.status()).isEqualTo(409);
    assertThat(stale.json().getLong("currentRevision")).isEqualTo(revision + 1);
    assertThat(unmatched.status()).isEqualTo(412);
    assertThat(matched.status()).isEqualTo(200);
  }

  @Test
  void listsEverythingThatIsWrongByItsPath() throws Exception {
    JsonObject document =
        new JsonObject().put("secret", AdminFixture.VERIFIER).put("conectionLimit", 1);

    Reply reply = client.put("/v1/users/erin", document);

    assertThat(reply.status()).isEqualTo(422);
    assertThat(reply.header("Content-Type")).isEqualTo("application/problem+json");
    JsonArray problems = reply.json().getJsonArray("problems");
    assertThat(problems).isNotEmpty();
    assertThat(problems.getJsonObject(0).getString("path")).contains("erin", "conectionLimit");
    assertThat(problems.getJsonObject(0).getString("text")).contains("unknown key");
    assertThat(reply.http().body()).doesNotContain(AdminFixture.VERIFIER);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a%2Fb", "a%20b", "%C3%BC", "a%2Bb", "100%25", "a%3Fb%23c", "a;b", "a,b"})
  void takesNamesThatAreWrittenInAnyWay(String encoded) throws Exception {
    Reply made = client.put("/v1/users/" + encoded, USER.copy());
    Reply shown = client.get("/v1/users/" + encoded);
    Reply gone = client.delete("/v1/users/" + encoded);

    assertThat(made.status()).isEqualTo(200);
    assertThat(shown.json().getString("name")).isEqualTo(URLDecoder.decode(encoded, UTF_8));
    assertThat(gone.status()).isEqualTo(200);
  }

  @Test
  void givesListsByThePage() throws Exception {
    client.put("/v1/users/page-1", USER.copy());
    client.put("/v1/users/page-2", USER.copy());

    Reply page = client.get("/v1/users?limit=1&after=page-1");

    assertThat(page.json().getJsonArray("items")).hasSize(1);
    assertThat(page.json().getJsonArray("items").getJsonObject(0).getString("name"))
        .isEqualTo("page-2");
  }

  @Test
  void appliesSeveralChangesAndRollsThemBackTogether() throws Exception {
    JsonObject server = new JsonObject().put("host", "10.0.0.12");
    JsonObject changes =
        new JsonObject()
            .put("comment", "a second application")
            .put("expectedRevision", revision)
            .put(
                "changes",
                new JsonArray()
                    .add(
                        new JsonObject()
                            .put("put", "backends")
                            .put("name", "second-db")
                            .put(
                                "document",
                                new JsonObject().put("servers", new JsonArray().add(server))))
                    .add(
                        new JsonObject()
                            .put("put", "routes")
                            .put("name", "second")
                            .put("before", "app")
                            .put("document", new JsonObject().put("backend", "second-db"))));

    Reply applied = client.post("/v1/apply", changes);
    JsonArray routes = client.get("/v1/routes").json().getJsonArray("items");
    Reply back = client.post("/v1/rollback", new JsonObject().put("to", revision));

    assertThat(applied.status()).isEqualTo(200);
    assertThat(routes.getJsonObject(0).getString("name")).isEqualTo("second");
    assertThat(back.json().getLong("revision")).isEqualTo(revision + 2);
    assertThat(client.get("/v1/backends/second-db").status()).isEqualTo(404);
  }

  @Test
  void endsTheSessionsOfAUserIfItIsTold() throws Exception {
    client.put("/v1/users/frank?endSessions=true", USER.copy());

    assertThat(PORT.asked("apply").getJsonArray("endSessions")).containsExactly("frank");
  }

  @ParameterizedTest
  @CsvSource({
    "UNAVAILABLE, 503",
    "FORBIDDEN, 403",
    "NOT_FOUND, 404",
    "DIVERGED, 409",
    "INVALID, 422"
  })
  void tellsWhyTheControlPlaneDoesNot(Kind kind, int status) throws Exception {
    PORT.replies.put(
        "members", Future.failedFuture(ControlException.of(kind, "the reason that it gives")));

    Reply reply = client.get("/v1/members");

    assertThat(reply.status()).isEqualTo(status);
    assertThat(reply.json().getString("detail")).isEqualTo("the reason that it gives");
  }

  @Test
  void keepsAFaultOfItsOwnToItsLog() throws Exception {
    PORT.replies.put("servers", Future.failedFuture(new IllegalStateException("hidden")));

    Reply reply = client.get("/v1/servers");

    assertThat(reply.status()).isEqualTo(500);
    assertThat(reply.http().body()).doesNotContain("hidden");
  }

  @Test
  void passesRequestsAboutSessionsOn() throws Exception {
    PORT.replies.put(
        "sessions", Future.succeededFuture(new JsonObject().put("sessions", new JsonArray())));
    PORT.replies.put("endSessions", Future.succeededFuture(new JsonObject().put("ended", 0)));

    client.get("/v1/sessions?user=alice&limit=7");
    Reply none = client.delete("/v1/sessions/east-1:17");
    Reply some = client.post("/v1/sessions/end", new JsonObject().put("user", "alice"));

    assertThat(PORT.asked("sessions"))
        .isEqualTo(new JsonObject().put("user", "alice").put("limit", 7));
    assertThat(none.status()).isEqualTo(404);
    assertThat(some.json()).isEqualTo(new JsonObject().put("ended", 0));
    assertThat(PORT.asked("endSessions")).isEqualTo(new JsonObject().put("user", "alice"));
  }

  @Test
  void forgivesAnAddress() throws Exception {
    PORT.replies.put("resetThrottle", Future.succeededFuture(new JsonObject().put("reset", true)));

    assertThat(client.delete("/v1/throttle/fd00::1").status()).isEqualTo(200);
    assertThat(PORT.asked("resetThrottle")).isEqualTo(new JsonObject().put("address", "fd00::1"));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void refusesABodyThatIsTooLarge(boolean lengthTold) throws Exception {
    byte[] large = new byte[(16 << 20) + 1];
    BodyPublisher body =
        lengthTold
            ? BodyPublishers.ofByteArray(large)
            : BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(large));

    assertThat(client.send(client.json("/v1/users/large").PUT(body)).status()).isEqualTo(413);
  }
}
