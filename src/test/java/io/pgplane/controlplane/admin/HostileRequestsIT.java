package io.pgplane.controlplane.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.controlplane.admin.AdminClient.Reply;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** No body is waited for longer than two seconds here. */
class HostileRequestsIT {
  private static final String SECRET = "what nobody may read again";

  @RegisterExtension
  static final AdminFixture PORT = new AdminFixture(Duration.ofSeconds(2), false, Optional.empty());

  private final AdminClient client = PORT.as(AdminFixture.ADMINISTRATOR);

  @Test
  void refusesAHugeHeader() throws Exception {
    assertThat(client.raw("GET /livez HTTP/1.1\r\nX: " + "x".repeat(100_000) + "\r\n\r\n"))
        .startsWith("HTTP/1.1 431 ");
  }

  @Test
  void refusesALongPath() throws Exception {
    assertThat(client.raw("GET /" + "x".repeat(100_000) + " HTTP/1.1\r\n\r\n"))
        .matches("(?s)HTTP/1.[01] 414 .*");
  }

  @Test
  void refusesABodyThatDoesNotCome() throws Exception {
    String answer =
        client.raw(
            head("PUT", "/v1/users/slow")
                + "Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{");

    assertThat(answer).startsWith("HTTP/1.1 408 ").contains("application/problem+json");
  }

  @Test
  void readsNoBodyOfWhoHasNoToken() throws Exception {
    String answer =
        client.raw(
            String.join(
                "\r\n",
                "PUT /v1/users/x HTTP/1.1",
                "Host: x",
                "Connection: close",
                "Content-Type: application/json",
                "Content-Length: 1000000000",
                "",
                ""));

    assertThat(answer).startsWith("HTTP/1.1 401 ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"text/plain", "application/x-www-form-urlencoded", "application/xml", "x"})
  void takesNoOtherTypeOfBody(String type) throws Exception {
    Reply reply =
        client.send(
            client
                .request("/v1/users/typed")
                .header("Content-Type", type)
                .PUT(BodyPublishers.ofString("{}")));

    assertThat(reply.status()).isEqualTo(415);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "{", "[]", "17", "null", "\"text\"", "{\"secret\": \"" + SECRET + "\""})
  void takesNoBodyThatIsNoObjectAndDoesNotRepeatIt(String body) throws Exception {
    Reply reply = client.send(client.json("/v1/users/shaped").PUT(BodyPublishers.ofString(body)));

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.http().body()).doesNotContain(SECRET);
  }

  @Test
  void takesNoUnknownKeyAndNoHalfAChange() throws Exception {
    JsonObject delete = new JsonObject().put("delete", "users").put("name", "alice");
    JsonObject unknown =
        new JsonObject().put("changes", new JsonArray().add(delete)).put("author", "root");
    JsonObject both =
        new JsonObject()
            .put(
                "changes",
                new JsonArray()
                    .add(delete.copy().put("put", "users").put("document", new JsonObject())));
    JsonObject nobody = new JsonObject();

    assertThat(client.post("/v1/apply", unknown).status()).isEqualTo(400);
    assertThat(client.post("/v1/apply", both).status()).isEqualTo(400);
    assertThat(client.post("/v1/sessions/end", nobody).status()).isEqualTo(400);
    assertThat(client.get("/v1/users/alice").status()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /v1/users?limit=0, 400",
    "GET, /v1/users?limit=1001, 400",
    "GET, /v1/users?limit=x, 400",
    "GET, /v1/revisions/x, 400",
    "GET, /v1/revisions/99999999999999999999, 400",
    "DELETE, /v1/users/alice?expectedRevision=-1, 400",
    "DELETE, /v1/users/alice?dryRun=perhaps, 400",
    "DELETE, /v1/throttle/localhost, 400",
    "GET, /v1/nothing, 404",
    "GET, /, 404",
    "GET, /v1/users/alice/more, 404",
    "PATCH, /v1/users/alice, 405",
    "POST, /v1/users, 405",
    "POST, /livez, 405",
    "DELETE, /metrics, 405"
  })
  void answersWithTheStatusOfTheMistake(String method, String path, int status) throws Exception {
    Reply reply = client.send(client.json(path).method(method, BodyPublishers.ofString("{}")));

    assertThat(reply.status()).isEqualTo(status);
    assertThat(reply.json().getInteger("status")).isEqualTo(status);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/../../../../etc/passwd",
        "/openapi.yaml/../../../etc/passwd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/openapi.yaml%00",
        "/v1/../../etc/passwd",
        "//etc/passwd"
      })
  void servesNoFiles(String path) throws Exception {
    assertThat(client.raw(head("GET", path) + "Connection: close\r\n\r\n"))
        .matches("(?s)HTTP/1.1 (400|404) .*")
        .doesNotContain("root:");
  }

  /** The path by which a request is allowed must be the one by which it is served. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1/users/alice",
        "/v1/users/alice/",
        "//v1/users/alice",
        "/v1//users/alice",
        "/V1/users/alice",
        "/livez/../v1/users/alice",
        "/livez/%2e%2e/v1/users/alice",
        "/v1/members/../users/alice",
        "/%76%31/users/alice"
      })
  void changesNothingForWhoMayOnlyReadOrHasNoTokenByWhateverPath(String path) throws Exception {
    for (String token :
        new String[] {"Authorization: Bearer " + AdminFixture.READER + "\r\n", ""}) {
      client.raw(
          "DELETE " + path + " HTTP/1.1\r\nHost: x\r\n" + token + "Connection: close\r\n\r\n");
    }

    assertThat(client.get("/v1/users/alice").status()).isEqualTo(200);
    assertThat(PORT.requests).doesNotContainKey("apply");
  }

  @Test
  void answersNoHttp2() throws Exception {
    assertThat(client.raw("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").toLowerCase(Locale.ROOT))
        .doesNotContain("200");
  }

  private static String head(String method, String path) {
    return method
        + " "
        + path
        + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
        + AdminFixture.ADMINISTRATOR
        + "\r\n";
  }
}
