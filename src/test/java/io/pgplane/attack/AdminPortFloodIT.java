package io.pgplane.attack;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.testkit.Await;
import io.pgplane.testkit.FreePort;
import io.pgplane.testkit.PgplaneProcess;
import io.pgplane.testkit.PgplaneProcess.Way;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.Setup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Connections, bodies and wrong tokens in numbers, with a heap of 256 MiB. */
class AdminPortFloodIT {
  private static final String PROBE = "GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
  private static final String OK = "HTTP/1.1 200 OK";
  private static final String NEIGHBOUR = "127.0.0.1";
  private static final int MIB = 1 << 20;

  @TempDir private static Path directory;

  private static final int PORT = FreePort.next();
  private static PgplaneProcess pgplane;

  private final List<HttpAttacker> attackers = new ArrayList<>();

  @BeforeAll
  static void start() throws IOException {
    Path token = Files.writeString(directory.resolve("token"), token("administer") + "\n");
    String admin =
        String.join(
            "\n",
            "topology: { source: cluster }",
            "admin:",
            "  port: " + PORT,
            "  tokens:",
            "    - { name: reader, token: " + token("read") + ", rights: read }",
            "    - { name: operator, token: " + token("operate") + ", rights: operate }",
            "    - { name: administrator, token: \"${file:" + token + "}\", rights: administer }",
            "");
    pgplane =
        PgplaneProcess.start(
            Setup.on(Version.NEWEST),
            directory,
            Way.USUAL.options(List.of("-Xmx256m", "-XX:+ExitOnOutOfMemoryError")).more(admin));
  }

  @AfterAll
  static void stop() {
    pgplane.close();
  }

  @AfterEach
  void leave() throws IOException {
    for (HttpAttacker attacker : attackers) {
      attacker.close();
    }
    assertThat(pgplane.isAlive()).isTrue();
  }

  @Test
  void idleConnectionsOfManyAddressesKeepNoProbeOut() throws Exception {
    for (int round = 0; round < 20; round++) {
      for (int i = 0; i < 50; i++) {
        attacker("127.0.3." + (1 + i)).send(i % 2 == 0 ? "" : "GET /livez HTTP/1.1\r\nHost: x\r\n");
      }
      assertThat(HttpAttacker.status(NEIGHBOUR, PORT, PROBE)).as("round " + round).isEqualTo(OK);
    }
    assertThat(HttpAttacker.status("127.0.3.1", PORT, PROBE)).isEqualTo(OK);
    for (HttpAttacker idle : attackers) {
      assertThat(idle.untilClosed()).isEmpty();
    }
  }

  @Test
  void connectionsOfOneAddressKeepNoProbeOfItsOwnOut() throws Exception {
    for (int i = 0; i < 300; i++) {
      attacker(NEIGHBOUR);
    }

    assertThat(HttpAttacker.status(NEIGHBOUR, PORT, PROBE)).isEqualTo(OK);
    assertThat(HttpAttacker.status(NEIGHBOUR, PORT, request("GET", "/v1/users", "read", 0)))
        .isEqualTo(OK);
  }

  @Test
  void anAnswerThatIsNotReadEndsNoOther() throws Exception {
    for (int i = 0; i < 40; i++) {
      attacker("127.0.4." + (1 + i)).send("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n".repeat(20));
    }

    assertThat(HttpAttacker.status(NEIGHBOUR, PORT, PROBE)).isEqualTo(OK);
    assertThat(HttpAttacker.status(NEIGHBOUR, PORT, request("GET", "/metrics", "read", 0)))
        .isEqualTo(OK);
  }

  /**
   * All answers would come to hundreds of megabytes; Vert.x reads no request before one is sent.
   */
  @Test
  void answersOfOneConnectionThatAreNotReadFillNoMemory() throws Exception {
    byte[] requests = request("GET", "/v1/users", "read", 0).repeat(4_000).getBytes(US_ASCII);
    HttpAttacker attacker = attacker(NEIGHBOUR);
    AtomicInteger sent = new AtomicInteger();
    CompletableFuture<Void> sender =
        CompletableFuture.runAsync(
            () -> {
              while (sent.get() < 200 && sendUntilRefused(attacker, requests, 1)) {
                sent.incrementAndGet();
              }
            });

    int[] looks = {0, 0}; // what was sent at the last look, and how many looks have seen the same
    Await.until(
        "no more requests are read",
        Duration.ofMinutes(1),
        () -> {
          looks[1] = looks[0] == sent.get() ? looks[1] + 1 : 0;
          looks[0] = sent.get();
          return looks[1] > 100;
        });
    assertThat(sent).hasValueLessThan(200);
    assertThat(HttpAttacker.status(NEIGHBOUR, PORT, PROBE)).isEqualTo(OK);
    attacker.close();
    sender.orTimeout(30, SECONDS).join();
  }

  /** Nothing of the body is sent before the answer. */
  @Test
  void noBodyIsReadWithoutTheRightToSendIt() throws Exception {
    for (String token : List.of("read", "operate")) {
      for (int i = 0; i < 24; i++) {
        attacker(NEIGHBOUR).send(request("POST", "/v1/apply", token, 16 * MIB));
      }
    }

    for (HttpAttacker attacker : attackers) {
      assertThat(attacker.statusLine()).isEqualTo("HTTP/1.1 403 Forbidden");
    }
  }

  @Test
  void bodiesThatDoNotEndFillNoMemoryAndAreForgotten() throws Exception {
    byte[] piece = new byte[MIB];
    for (int i = 0; i < 24; i++) {
      HttpAttacker attacker =
          attacker(NEIGHBOUR).send(request("POST", "/v1/apply", "administer", 16 * MIB));
      sendUntilRefused(attacker, piece, 15);
    }

    assertThat(HttpAttacker.status(NEIGHBOUR, PORT, PROBE)).isEqualTo(OK);
    assertThat(pgplane.isAlive()).isTrue();
    leave();
    Await.until("a change is taken", () -> put("alone").equals(OK));
  }

  /** What operators send has a bound of its own. */
  @Test
  void bodiesOfOperatorsKeepNoChangeOut() throws Exception {
    byte[] most = new byte[MIB - 1];
    for (int i = 0; i < 8; i++) {
      attacker(NEIGHBOUR).send(request("POST", "/v1/explain", "operate", MIB)).send(most);
    }

    Await.until("there is no room for more of them", () -> explain().contains(" 503 "));
    assertThat(put("operated")).isEqualTo(OK);
    leave();
    Await.until("there is room again", () -> !explain().contains(" 503 "));
  }

  @Test
  void wrongTokensOfAnAddressKeepNoRightOneOut() throws Exception {
    List<String> statuses = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      attacker(NEIGHBOUR).send(request("GET", "/v1/users", "guessed", 0));
      statuses.add(HttpAttacker.status(NEIGHBOUR, PORT, request("GET", "/v1/users", "read", 0)));
    }

    assertThat(statuses).containsOnly(OK);
    for (HttpAttacker attacker : attackers) {
      assertThat(attacker.statusLine()).matches("HTTP/1.1 (401|429) .*");
    }
  }

  /** Not an attack: a token that was stolen is replaced without a restart. */
  @Test
  void aTokenThatIsReplacedInItsFileLetsInNoMore() throws Exception {
    String other = "127.0.6.1"; // its wrong tokens are not refused late yet
    Files.writeString(directory.resolve("token"), token("replaced") + "\n");
    try {
      Await.until(
          "the new token is taken",
          () ->
              HttpAttacker.status(other, PORT, request("GET", "/v1/users", "replaced", 0))
                  .equals(OK));
      assertThat(HttpAttacker.status(other, PORT, request("GET", "/v1/users", "administer", 0)))
          .contains(" 401 ");
    } finally {
      Files.writeString(directory.resolve("token"), token("administer") + "\n");
    }
    Await.until(
        "the old token is back",
        () ->
            HttpAttacker.status(other, PORT, request("GET", "/v1/users", "administer", 0))
                .equals(OK));
  }

  private HttpAttacker attacker(String from) throws IOException {
    HttpAttacker attacker = new HttpAttacker(from, PORT);
    attackers.add(attacker);
    return attacker;
  }

  /** Whether all was taken. */
  private static boolean sendUntilRefused(HttpAttacker attacker, byte[] piece, int pieces) {
    try {
      for (int i = 0; i < pieces; i++) {
        attacker.send(piece);
      }
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static String put(String user) throws IOException {
    String document = "{\"password\":\"pencil\"}" + " ".repeat(900_000);
    return HttpAttacker.status(
        NEIGHBOUR,
        PORT,
        request("PUT", "/v1/users/" + user, "administer", document.length()) + document);
  }

  private static String explain() throws IOException {
    String login = " ".repeat(2_000);
    return HttpAttacker.status(
        NEIGHBOUR, PORT, request("POST", "/v1/explain", "operate", login.length()) + login);
  }

  private static String token(String right) {
    return right + "-0123456789abcdef";
  }

  private static String request(String method, String path, String right, int length) {
    return String.join(
        "\r\n",
        method + " " + path + " HTTP/1.1",
        "Host: x",
        "Authorization: Bearer " + token(right),
        "Content-Type: application/json",
        "Content-Length: " + length,
        "",
        "");
  }
}
