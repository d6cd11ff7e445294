package io.pgplane.attack;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.testkit.Await;
import io.pgplane.testkit.FreePort;
import io.pgplane.testkit.PgplaneProcess;
import io.pgplane.testkit.RealPostgres;
import io.pgplane.testkit.RealPostgres.Auth;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.Setup;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Somebody with a token that may {@code administer}, who does not know the passwords at the
 * servers, has one sent to a server of its own.
 */
class HiddenSecretSentElsewhereIT {
  private static final String TOKEN = "0123456789abcdef0123456789abcdef";
  private static final String AGAIN = "give the secret again";
  private static final String PASSWORD = "of the service";
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  @TempDir private static Path directory;

  private static Setup setup;
  private static PgplaneProcess pgplane;
  private static ServerSocket evil;
  private static int admin;
  private static String service;

  @BeforeAll
  static void start() throws Exception {
    setup = Setup.on(Version.NEWEST);
    service = RealPostgres.uniqueName("service");
    setup.postgres().createUser(service, PASSWORD, Auth.SCRAM);
    evil = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    admin = FreePort.next();
    String more =
        "topology: { source: cluster }\nadmin: { host: 127.0.0.1, port: "
            + admin
            + ", token: "
            + TOKEN
            + " }\n";
    pgplane = PgplaneProcess.start(setup, directory, PgplaneProcess.Way.USUAL.more(more));
    Await.until("the admin port is there", () -> isThere());
    JsonObject health = new JsonObject().put("user", service).put("password", PASSWORD);
    JsonObject login = new JsonObject().put("user", service).put("password", PASSWORD);
    apply(
            new JsonArray()
                .add(put("backends", "own", backend(setup.postgres().port()).put("health", health)))
                .add(put("backends", "evil", backend(evil.getLocalPort())))
                .add(put("backends", "t-a", backend(setup.postgres().port())))
                .add(put("backends", "t-evil", backend(evil.getLocalPort())))
                .add(put("routes", "service", route("own", login)))
                .add(
                    put(
                        "routes",
                        "captures",
                        route("t-${database.1}", login)
                            .put("match", new JsonObject().put("database", "/t_(a)(.*)/")))))
        .expect(200);
  }

  @AfterAll
  static void stop() throws IOException {
    pgplane.close();
    evil.close();
  }

  /** What the port has answered. */
  private record Reply(int status, String body) {
    void expect(int wanted) {
      assertThat(status).as(body).isEqualTo(wanted);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          routes   | service | backend                     | "evil"                      | routes.service.login.password
          routes   | service | login.user                  | "postgres"                  | routes.service.login.password
          backends | own     | servers                     | [{"host":"localhost","port":EVIL}] | routes.service.login.password
          backends | own     | servers                     | [{"host":"localhost","port":EVIL}] | backends.own.health.password
          backends | own     | tls.mode                    | "disable"                   | routes.service.login.password
          backends | own     | tls.ca                      | null                        | backends.own.health.password
          backends | own     | proxyProtocol               | "v1"                        | routes.service.login.password
          backends | own     | health.user                 | "postgres"                  | backends.own.health.password
          routes   | captures | match.database             | "t_*"                       | routes.captures.login.password
          routes   | captures | backend                    | "t-evil"                    | routes.captures.login.password
          routes   | captures | backend                    | "t-${database.2}"           | routes.captures.login.password
          backends | t-a     | servers                     | [{"host":"localhost","port":EVIL}] | routes.captures.login.password
          backends | t-x     | servers                     | [{"host":"localhost","port":EVIL}] | routes.captures.login.password
          """)
  void doesNotGetAPasswordThatOneChangeOfADocumentWouldSend(
      String table, String name, String key, String value, String path) throws Exception {
    JsonObject document = document(table, name);
    Reply before = get("/v1/" + table);

    set(document, key, new JsonObject("{\"v\":" + value.replace("EVIL", port(evil)) + "}"));
    Reply reply =
        send(request("/v1/" + table + "/" + name).PUT(BodyPublishers.ofString(document.encode())));

    reply.expect(422);
    assertThat(reply.body()).contains("\"" + path + "\"", AGAIN).doesNotContain(PASSWORD);
    assertThat(get("/v1/" + table)).isEqualTo(before);
    assertEvilHeardNothing();
  }

  @Test
  void doesNotGetItByManyChangesAtOnceOrOneAfterTheOther() throws Exception {
    JsonObject route = document("routes", "service");
    JsonObject own = document("backends", "own");
    own.remove("health");
    own.put("servers", servers(evil.getLocalPort()));

    Reply anew =
        apply(
            new JsonArray()
                .add(new JsonObject().put("delete", "backends").put("name", "own"))
                .add(put("backends", "own", own))
                .add(put("routes", "service", route)));
    Reply gone =
        apply(
            new JsonArray()
                .add(new JsonObject().put("delete", "routes").put("name", "service"))
                .add(put("routes", "service", route.copy().put("backend", "evil"))));
    JsonObject copy = route.copy();
    copy.remove("name");
    Reply other = apply(new JsonArray().add(put("routes", "other", copy)));

    for (Reply reply : new Reply[] {anew, gone, other}) {
      reply.expect(422);
      assertThat(reply.body()).contains(AGAIN);
    }
    assertEvilHeardNothing();
  }

  @Test
  void mayChangeAllElseAndAnythingWithThePassword() throws Exception {
    long before = new JsonObject(get("/v1/routes").body()).getLong("revision");
    JsonObject route = document("routes", "service").put("connectionLimit", 7);
    JsonObject own = document("backends", "own").put("balance", "first");
    own.getJsonArray("servers").getJsonObject(0).put("weight", 3);
    own.getJsonObject("health").put("interval", "3s");

    apply(new JsonArray().add(put("routes", "service", route)).add(put("backends", "own", own)))
        .expect(200);
    route.getJsonObject("login").put("password", PASSWORD);
    own.getJsonObject("health").put("password", PASSWORD);
    own.getJsonArray("servers").addAll(servers(setup.postgres().port()));
    own.getJsonArray("servers").getJsonObject(1).put("host", "127.0.0.1");
    apply(new JsonArray().add(put("backends", "own", own)).add(put("routes", "service", route)))
        .expect(200);
    send(request("/v1/rollback")
            .POST(BodyPublishers.ofString(new JsonObject().put("to", before).encode())))
        .expect(200);
  }

  private static void assertEvilHeardNothing() throws IOException {
    evil.setSoTimeout(1);
    try {
      evil.accept().close();
      throw new AssertionError("somebody has connected to it");
    } catch (SocketTimeoutException e) {
      // as it should be
    }
  }

  private static JsonObject backend(int port) {
    return new JsonObject()
        .put("servers", servers(port))
        .put(
            "tls",
            new JsonObject()
                .put("mode", "verify-full")
                .put("ca", setup.postgres().authority().ca().toString()));
  }

  private static JsonArray servers(int port) {
    return new JsonArray().add(new JsonObject().put("host", "localhost").put("port", port));
  }

  private static JsonObject route(String backend, JsonObject login) {
    return new JsonObject().put("backend", backend).put("login", login);
  }

  private static JsonObject put(String table, String name, JsonObject document) {
    return new JsonObject().put("put", table).put("name", name).put("document", document);
  }

  private static void set(JsonObject document, String path, JsonObject value) {
    int dot = path.indexOf('.');
    JsonObject map = dot < 0 ? document : document.getJsonObject(path.substring(0, dot));
    map.put(path.substring(dot + 1), value.getValue("v"));
  }

  /** As it is shown; one that is not there is as that of the own backend. */
  private static JsonObject document(String table, String name) throws Exception {
    Reply reply = get("/v1/" + table + "/" + name);
    if (reply.status() == 404) {
      JsonObject own = document(table, "own");
      own.remove("health");
      return own.put("name", name);
    }
    return new JsonObject(reply.body()).getJsonObject("document");
  }

  private static String port(ServerSocket socket) {
    return String.valueOf(socket.getLocalPort());
  }

  private static boolean isThere() throws Exception {
    try {
      return get("/v1/routes").status() == 200;
    } catch (ConnectException e) {
      return false;
    }
  }

  private static Reply get(String path) throws Exception {
    return send(request(path).GET());
  }

  private static Reply apply(JsonArray changes) throws Exception {
    String body = new JsonObject().put("changes", changes).encode();
    return send(request("/v1/apply").POST(BodyPublishers.ofString(body)));
  }

  private static HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + admin + path))
        .timeout(Duration.ofSeconds(30))
        .header("Content-Type", "application/json")
        .header("Authorization", "Bearer " + TOKEN);
  }

  private static Reply send(HttpRequest.Builder request) throws Exception {
    HttpResponse<String> response = HTTP.send(request.build(), BodyHandlers.ofString());
    return new Reply(response.statusCode(), response.body());
  }
}
