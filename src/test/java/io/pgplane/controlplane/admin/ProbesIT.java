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
