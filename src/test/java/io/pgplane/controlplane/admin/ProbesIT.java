package io.pgplane.controlplane.admin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.controlplane.admin.AdminClient.Reply;
import io.pgplane.testkit.Exposition;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.InputStream;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is shown to those who have no token. */
class ProbesIT {
  @RegisterExtension static final AdminFixture PORT = new AdminFixture();

  @Test
  void saysThatItIsAliveWhateverElseIsWrong() throws Exception {
    PORT.reasons.add("joining the cluster");
    try {
      assertThat(PORT.nobody().get("/livez").status()).isEqualTo(200);
    } finally {
      PORT.reasons.clear();
    }
  }

  @Test
  void isReadyOnceThereIsNoReasonNotToBe() throws Exception {
    PORT.reasons.add("joining the cluster");
    Reply joining = PORT.nobody().get("/readyz");
    PORT.reasons.clear();
    Reply ready = PORT.nobody().get("/readyz");

    assertThat(joining.status()).isEqualTo(503);
    assertThat(joining.json())
        .isEqualTo(
            new JsonObject()
                .put("ready", false)
                .put("reasons", new JsonArray().add("joining the cluster")));
    assertThat(ready.status()).isEqualTo(200);
    assertThat(ready.json().getBoolean("ready")).isTrue();
  }

  /** HAProxy sends OPTIONS and HTTP/1.0 without Host, as long as nothing else is configured. */
  @ParameterizedTest
  @CsvSource({
    "GET, HTTP/1.1",
    "HEAD, HTTP/1.1",
    "OPTIONS, HTTP/1.1",
    "GET, HTTP/1.0",
    "HEAD, HTTP/1.0",
    "OPTIONS, HTTP/1.0"
  })
  void answersWhatLoadBalancersSend(String method, String version) throws Exception {
    String host = version.equals("HTTP/1.1") ? "Host: pgplane\r\nConnection: close\r\n" : "";
    String live = PORT.nobody().raw(method + " /livez " + version + "\r\n" + host + "\r\n");
    PORT.reasons.add("joining the cluster");
    String joining = PORT.nobody().raw(method + " /readyz " + version + "\r\n" + host + "\r\n");
    PORT.reasons.clear();
    String ready = PORT.nobody().raw(method + " /readyz " + version + "\r\n" + host + "\r\n");

    assertThat(live).startsWith(version + " 200 ");
    assertThat(joining).startsWith(version + " 503 ");
    assertThat(ready).startsWith(version + " 200 ");
    assertThat(ready.endsWith("\r\n\r\n")).as(ready).isEqualTo(method.equals("HEAD"));
    assertThat(ready.contains("GET, HEAD, OPTIONS")).isEqualTo(method.equals("OPTIONS"));
  }

  @Test
  void showsTheMetrics() throws Exception {
    PORT.meters().propagated(Duration.ofMillis(7));
    PORT.meters().rejected("revisions");

    Reply reply = PORT.nobody().get("/metrics");

    Exposition metrics = Exposition.parse(reply.http().body());
    assertThat(reply.header("Content-Type")).isEqualTo("text/plain; version=0.0.4; charset=utf-8");
    assertThat(metrics.value("pgplane_change_propagation_seconds_bucket", "le", "0.01"))
        .hasValue(1);
    assertThat(metrics.value("pgplane_change_propagation_seconds_bucket", "le", "0.005"))
        .hasValue(0);
    assertThat(metrics.value("pgplane_rejected_entries_total", "where", "revisions")).hasValue(1);
  }

  @Test
  void servesItsContractAsItIs() throws Exception {
    Reply reply = PORT.nobody().get("/openapi.yaml");

    try (InputStream file = ProbesIT.class.getResourceAsStream("openapi.yaml")) {
      assertThat(reply.http().body())
          .isEqualTo(new String(Objects.requireNonNull(file).readAllBytes(), UTF_8));
    }
  }

  @Test
  void letsNobodyKeepOrGuessWhatItSends() throws Exception {
    Reply reply = PORT.nobody().get("/readyz");

    assertThat(reply.header("Cache-Control")).isEqualTo("no-store");
    assertThat(reply.header("X-Content-Type-Options")).isEqualTo("nosniff");
  }
}
