package io.pgplane.attack;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.testkit.Certificates;
import io.pgplane.testkit.Certificates.Issued;
import io.pgplane.testkit.Certificates.KeyType;
import io.pgplane.testkit.FreePort;
import io.pgplane.testkit.PgplaneProcess;
import io.pgplane.testkit.PgplaneProcess.Way;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.Setup;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Documents that name files of the member, to learn which there are and what is in them. */
class FilesByDocumentsIT {
  private static final String TOKEN = "0123456789abcdef";
  private static final String UNUSABLE = "cannot be used here; the member's log says why";
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int PORT = FreePort.next();

  @TempDir private static Path directory;

  private static PgplaneProcess pgplane;

  private final HttpClient http = HttpClient.newHttpClient();

  @BeforeAll
  static void start() throws IOException {
    pgplane =
        PgplaneProcess.start(
            Setup.on(Version.NEWEST),
            directory,
            Way.USUAL.more(
                "topology: { source: cluster }\nadmin: { port: "
                    + PORT
                    + ", token: "
                    + TOKEN
                    + " }\n"));
  }

  @AfterAll
  static void stop() {
    pgplane.close();
  }

  @Test
  void nobodyLearnsWhichFilesThereAre() throws Exception {
    Issued pair = Certificates.selfSigned(directory, "own", KeyType.EC_P256, "localhost");
    String good = pair.chain().toString();
    Set<String> authorities = new LinkedHashSet<>();
    Set<String> chains = new LinkedHashSet<>();
    for (String file : files(pair)) {
      authorities.add(refusal(new JsonObject().put("mode", "verify-full").put("ca", file)));
      chains.add(refusal(new JsonObject().put("certificate", file)));
      chains.add(refusal(new JsonObject().put("certificate", good).put("key", file)));
      chains.add(refusal(new JsonObject().put("certificate", file).put("key", file)));
      chains.add(refusal(new JsonObject().put("certificate", file).put("key", "/none")));
      chains.add(
          refusal(
              new JsonObject().put("certificate", good).put("key", file).put("keyPassword", "x")));
    }

    assertThat(authorities).containsExactly("backends.probe.tls.ca: " + UNUSABLE);
    assertThat(chains).containsExactly("backends.probe.tls.certificate: " + UNUSABLE);
    assertThat(pgplane.log()).contains("no such file: ", "no certificate in ");
  }

  /** A text that the configuration file would replace. */
  @Test
  void nobodyReadsAFileOrAVariable() throws Exception {
    Path secret = Files.writeString(directory.resolve("secret"), "what nobody may read");
    for (String reference : List.of("${file:" + secret + "}", "${PATH}")) {
      JsonObject user = new JsonObject().put("auth", "scram").put("password", reference);
      JsonObject route =
          new JsonObject()
              .put("backend", "db")
              .put("match", new JsonObject().put("user", reference));

      String shown = put("users/eve", user).body() + put("routes/eve", route).body();
      shown += send("GET", "routes/eve", "").body();

      assertThat(shown).doesNotContain("what nobody may read", System.getenv("PATH"));
      assertThat(shown).contains(reference);
    }
  }

  /** None of them can be used; one never ends, and one keeps its reader waiting. */
  private static List<String> files(Issued pair) throws IOException {
    Path other = Files.createDirectories(directory.resolve("others"));
    Path text = Files.writeString(directory.resolve("text"), "no PEM");
    Path large = directory.resolve("large");
    Files.write(large, new byte[(16 << 20) + 1]);
    List<String> files = new ArrayList<>();
    files.add("/none");
    files.add(directory.resolve("none/none").toString());
    files.add(other.toString());
    files.add(text.toString());
    files.add(large.toString());
    files.add("/dev/zero");
    files.add("/etc/passwd");
    files.add("/proc/self/environ");
    files.add("/proc/kmsg");
    files.add(pair.key() + "x");
    return files;
  }

  /** The problems as a text. */
  private String refusal(JsonObject tls) throws IOException, InterruptedException {
    JsonObject server = new JsonObject().put("host", "localhost");
    JsonObject backend =
        new JsonObject().put("servers", new JsonArray().add(server)).put("tls", tls);
    HttpResponse<String> answer = put("backends/probe", backend);
    assertThat(answer.statusCode()).as(tls.encode()).isEqualTo(422);
    List<String> problems = new ArrayList<>();
    for (Object problem : new JsonObject(answer.body()).getJsonArray("problems")) {
      problems.add(
          ((JsonObject) problem).getString("path")
              + ": "
              + ((JsonObject) problem).getString("text"));
    }
    return String.join("; ", problems);
  }

  private HttpResponse<String> put(String path, JsonObject document)
      throws IOException, InterruptedException {
    return send("PUT", path, document.encode());
  }

  private HttpResponse<String> send(String method, String path, String body)
      throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + PORT + "/v1/" + path))
            .timeout(PATIENCE)
            .header("Authorization", "Bearer " + TOKEN)
            .header("Content-Type", "application/json")
            .method(method, BodyPublishers.ofString(body))
            .build(),
        BodyHandlers.ofString());
  }
}
