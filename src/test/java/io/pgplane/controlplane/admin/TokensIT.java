package io.pgplane.controlplane.admin;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.pgplane.config.Admin;
import io.pgplane.config.Admin.Rights;
import io.pgplane.config.Admin.Token;
import io.pgplane.controlplane.admin.AdminClient.Reply;
import io.pgplane.testkit.ClientTool;
import io.pgplane.testkit.OperatorLog;
import io.pgplane.testkit.Proxy;
import io.pgplane.topology.Cidr;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.Yaml;

class TokensIT {
  private static final String WRONG = "wrong-0123456789";

  @RegisterExtension
  static final AdminFixture PORT = new AdminFixture(Duration.ofSeconds(30), true, Optional.empty());

  @RegisterExtension final OperatorLog log = new OperatorLog("io.pgplane.controlplane.admin");

  static Stream<Arguments> operations() throws IOException {
    String text =
        Files.readString(Path.of("src/main/resources/io/pgplane/controlplane/admin/openapi.yaml"));
    Map<String, Map<String, Map<String, Map<String, Object>>>> contract = new Yaml().load(text);
    return contract.getOrDefault("paths", Map.of()).entrySet().stream()
        .flatMap(
            path ->
                path.getValue().entrySet().stream()
                    .map(
                        operation ->
                            Arguments.of(
                                operation.getKey().toUpperCase(Locale.ROOT),
                                path.getKey()
                                    .replace("{number}", "1")
                                    .replace("{address}", "10.0.0.1")
                                    .replaceAll("\\{.*}", "x"),
                                String.valueOf(operation.getValue().get("x-right")))));
  }

  @ParameterizedTest
  @MethodSource("operations")
  void eachOperationNeedsItsRight(String method, String path, String right) throws Exception {
    List<String> statuses = new ArrayList<>();
    for (String token :
        List.of(AdminFixture.READER, AdminFixture.OPERATOR, AdminFixture.ADMINISTRATOR)) {
      AdminClient client = PORT.as(token);
      int status =
          client.send(client.json(path).method(method, BodyPublishers.ofString("[]"))).status();
      assertThat(status).isNotEqualTo(401);
      statuses.add(status == 403 ? "no" : "yes");
    }

    assertThat(String.join(" ", statuses))
        .isEqualTo(
            Map.of("read", "yes yes yes", "operate", "no yes yes", "administer", "no no yes")
                .get(right));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v1/users", "/v1/users/alice", "/v1/nothing", "/v1/", "/metrics"})
  void nobodySeesAnythingWithoutAToken(String path) throws Exception {
    Reply reply = PORT.nobody().get(path);

    assertThat(reply.status()).isEqualTo(401);
    assertThat(reply.header("WWW-Authenticate")).startsWith("Bearer");
    assertThat(reply.header("Content-Type")).isEqualTo("application/problem+json");
    assertThat(reply.json().getInteger("status")).isEqualTo(401);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Basic cmVhZGVyOnJlYWRlcg==",
        "Bearer",
        "Bearer ",
        "reader-0123456789",
        "Bearer reader-012345678",
        "Bearer reader-01234567890",
        "Bearer READER-0123456789"
      })
  void takesNoHeaderThatIsNotQuiteRight(String header) throws Exception {
    AdminClient client = PORT.nobody();

    Reply reply = client.send(client.request("/v1/users").header("Authorization", header));

    assertThat(reply.status()).isEqualTo(401);
  }

  @Test
  void letsAnyTokenReadTheMetrics() throws Exception {
    assertThat(PORT.as(AdminFixture.READER).get("/metrics").status()).isEqualTo(200);
  }

  @Test
  void refusesAtOnceWhatComesBesideTheWrongTokensThatWait() throws Exception {
    AdminClient guesser = PORT.as(WRONG);
    List<CompletableFuture<HttpResponse<Void>>> guesses =
        IntStream.range(0, 20).mapToObj(i -> guesser.sendLater("/v1/users")).toList();

    List<Integer> statuses =
        guesses.stream().map(guess -> guess.orTimeout(30, SECONDS).join().statusCode()).toList();

    assertThat(statuses).containsOnly(401, 429);
    assertThat(Collections.frequency(statuses, 401)).isBetween(8, 12);
    assertThat(PORT.as(AdminFixture.READER).get("/v1/users").status()).isEqualTo(200);
  }

  /** Of one address eight guesses wait, so it takes many to fill a log. */
  @Test
  void logsFewOfTheWrongTokensOfManyAddresses() throws Exception {
    List<Socket> guesses = new ArrayList<>();
    try {
      for (int i = 0; i < 240; i++) {
        guesses.add(guessFrom("127.0.1." + (1 + i / 8)));
      }
      for (Socket guess : guesses) {
        assertThat(guess.getInputStream().readNBytes(12)).asString().endsWith(" 401");
      }
    } finally {
      for (Socket guess : guesses) {
        guess.close();
      }
    }

    assertThat(log.lines(Level.INFO).stream().filter(line -> line.contains("a wrong token from")))
        .hasSizeBetween(1, 200);
  }

  private static Socket guessFrom(String address) throws IOException {
    Socket socket = new Socket();
    socket.setSoTimeout(30_000);
    try {
      socket.bind(new InetSocketAddress(Cidr.address(address), 0));
    } catch (BindException e) {
      throw ClientTool.skipped("only Linux has all of 127.0.0.0/8: " + e.getMessage());
    }
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), PORT.verticle().port()));
    String request =
        "GET /v1/users HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + WRONG + "\r\n\r\n";
    socket.getOutputStream().write(request.getBytes(US_ASCII));
    return socket;
  }

  @Test
  void takesOtherTokensWhileItRuns() throws Exception {
    Admin before = PORT.admin(Optional.empty());
    String shown = "other-0123456789";
    Token other = new Token("other", Token.digest(shown), Rights.READ);
    Admin after =
        new Admin(
            before.host(), before.port(), List.of(other), true, Optional.empty(), Duration.ZERO);
    try {
      Proxy.result(PORT.verticle().reconfigure(after));

      assertThat(PORT.as(shown).get("/v1/users").status()).isEqualTo(200);
      assertThat(PORT.as(AdminFixture.READER).get("/v1/users").status()).isEqualTo(401);
    } finally {
      Proxy.result(PORT.verticle().reconfigure(before));
    }
    assertThat(PORT.as(AdminFixture.READER).get("/v1/users").status()).isEqualTo(200);
  }
}
