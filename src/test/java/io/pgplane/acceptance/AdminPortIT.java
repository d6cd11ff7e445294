package io.pgplane.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgplane.config.ConfigFile;
import io.pgplane.launch.Member;
import io.pgplane.testkit.Exposition;
import io.pgplane.testkit.Packets;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.RawLogin;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.ScriptedClient;
import io.pgplane.testkit.Setup;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole member, seen and changed from its admin port. */
class AdminPortIT {
  private static final String TOKEN = "0123456789abcdef";
  private static final String FAILED = "28P01";

  @TempDir Path directory;

  private final Setup setup = Setup.on(Version.NEWEST);

  @Test
  void showsLoginsAndDecidesAboutThem() throws Exception {
    Vertx vertx = Vertx.vertx();
    try {
      Member member = Proxy.result(start(vertx));
      String user = "/v1/users/" + setup.user();

      assertThat(send(member, "GET", "/readyz", "").statusCode()).isEqualTo(200);
      assertThat(login(member)).isEqualTo("in");
      assertThat(logins(member)).isEqualTo(1);

      assertThat(send(member, "DELETE", user, "").statusCode()).isEqualTo(200);
      assertThat(login(member)).isEqualTo(FAILED);

      String document = new JsonObject().put("secret", setup.verifier().text()).encode();
      assertThat(send(member, "PUT", user, document).statusCode()).isEqualTo(200);
      assertThat(login(member)).isEqualTo("in");
      assertThat(logins(member)).isEqualTo(2);
      assertTellsOfTheEnd(member);
    } finally {
      Proxy.result(vertx.close());
    }
  }

  private void assertTellsOfTheEnd(Member member) throws IOException, InterruptedException {
    Future<Void> stopped;
    try (ScriptedClient client =
        ScriptedClient.connect("localhost", member.pgplane().port(Setup.LISTENER))) {
      client.login(setup.user(), setup.password(), setup.database());
      client.send(
          Packets.query("BEGIN")); // an idle session would end at once, and the port with it
      client.readUntil('Z');
      stopped = member.stop();
      assertThat(send(member, "GET", "/readyz", "").body()).contains("draining");
    }
    Proxy.result(stopped);
    assertThatThrownBy(() -> send(member, "GET", "/readyz", ""))
        .isInstanceOf(ConnectException.class);
  }

  private Future<Member> start(Vertx vertx) throws IOException {
    String yaml =
        String.join(
            "\n",
            "topology: { source: cluster }",
            "admin: { port: 0, token: '" + TOKEN + "' }",
            setup.yaml(0));
    Path file = Files.writeString(directory.resolve("pgplane.yaml"), yaml);
    return new ConfigFile(vertx, file).load().compose(config -> Member.start(vertx, config, 1));
  }

  /** In, or the SQLSTATE that keeps the user out. */
  private String login(Member member) throws IOException {
    int port = member.pgplane().port(Setup.LISTENER);
    try (ScriptedClient client = ScriptedClient.connect("localhost", port)) {
      client.login(setup.user(), setup.password(), setup.database());
      return "in";
    } catch (RawLogin.Refused refused) {
      assertThat(refused).hasMessageContaining(FAILED);
      return FAILED;
    }
  }

  private static double logins(Member member) throws IOException, InterruptedException {
    String text = send(member, "GET", "/metrics", "").body();
    return Exposition.parse(text).value("pgplane_login_seconds_count").orElse(-1);
  }

  private static HttpResponse<String> send(Member member, String method, String path, String body)
      throws IOException, InterruptedException {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + member.adminPort() + path))
                .header("Authorization", "Bearer " + TOKEN)
                .header("Content-Type", "application/json")
                .method(method, BodyPublishers.ofString(body))
                .build(),
            BodyHandlers.ofString());
  }
}
