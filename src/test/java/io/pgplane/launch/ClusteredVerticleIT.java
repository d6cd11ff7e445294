package io.pgplane.launch;

import static io.pgplane.testkit.Proxy.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgplane.config.Config;
import io.pgplane.config.ConfigException;
import io.pgplane.config.ConfigFile;
import io.pgplane.controlplane.events.Addresses;
import io.pgplane.controlplane.events.Seal;
import io.pgplane.controlplane.events.SealedBus;
import io.pgplane.crypto.ClusterSecret;
import io.pgplane.testkit.Await;
import io.pgplane.testkit.FreePort;
import io.pgplane.testkit.HazelcastVertx;
import io.pgplane.testkit.OneCluster;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.Setup;
import io.pgplane.testkit.VertxLauncher;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.yaml.snakeyaml.Yaml;

/** A member in an application that has clustered its Vert.x itself. */
@ExtendWith(OneCluster.class)
class ClusteredVerticleIT {
  private static final String SECRET = "c2VjcmV0IHRoYXQgYWxsIHRoZSB0ZXN0cyBzaGFyZSE=";
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Shorter than the wait for an answer that does not come, longer than any pause here. */
  private static final Duration AT_ONCE = Duration.ofSeconds(10);

  private final Setup setup = Setup.on(Version.NEWEST);
  private final int port = FreePort.next();
  private Optional<Vertx> clustered = Optional.empty();

  @AfterEach
  void leave() {
    clustered.ifPresent(vertx -> result(vertx.close()));
  }

  @Test
  void servesClientsUntilItIsUndeployed() throws Exception {
    Vertx vertx = join(hazelcast());

    String id = result(deploy(vertx, configuration(1)));
    assertThat(logsIn()).isTrue();
    result(vertx.undeploy(id));

    assertThat(logsIn()).isFalse();
    assertThat(vertx.deploymentIDs()).isEmpty();
  }

  @Test
  void failsToStartWithAllThatItsHazelcastLacks() throws Exception {
    String backups = "<backup-count>2</backup-count>";
    Vertx vertx =
        join(
            hazelcast()
                .replace(backups, backups + "<read-backup-data>true</read-backup-data>")
                .replace("defaults-disabled=\"true\"", "defaults-disabled=\"false\"")
                .replace(
                    "<whitelist>", "<whitelist><prefix>org.example</prefix><prefix>u</prefix>"));

    Future<String> deployed = deploy(vertx, configuration(2));
    Config config = result(ConfigFile.of(vertx, configuration(2)).load());
    Future<Member> started = Member.start(vertx, config, 1);

    assertThatThrownBy(() -> result(deployed))
        .hasStackTraceContaining("this Vert.x runs on a Hazelcast that is not safe")
        .hasStackTraceContaining("java-serialization-filter: takes any class")
        .hasStackTraceContaining("read-backup-data must be false")
        .hasStackTraceContaining("split-brain-protection-ref must name");
    assertThatThrownBy(() -> result(started)).hasRootCauseInstanceOf(ConfigException.class);
    assertThat(vertx.deploymentIDs()).isEmpty();
  }

  @Test
  void failsToStartWithoutASecret() throws Exception {
    JsonObject without = configuration(1);
    without.getJsonObject("cluster").remove("secret");
    Vertx vertx = join(hazelcast());

    assertThatThrownBy(() -> result(deploy(vertx, without)))
        .hasStackTraceContaining("cluster.secret: missing");
    assertThat(vertx.deploymentIDs()).isEmpty();
  }

  @Test
  void failsToStartWhereOthersReachAPortWithoutTls() throws Exception {
    Vertx vertx =
        join(hazelcast().replace("</port>", "</port><public-address>192.0.2.7</public-address>"));
    JsonObject trusting = configuration(1);
    trusting.getJsonObject("cluster").put("trustNetwork", true);

    assertThatThrownBy(() -> result(deploy(vertx, configuration(1))))
        .hasStackTraceContaining("cluster.trustNetwork: Hazelcast's port has no TLS");
    assertThat(result(deploy(vertx, trusting))).isNotEmpty();
  }

  @Test
  void failsToStartWhereOthersReachItsMulticastPort() throws Exception {
    Vertx vertx =
        join(
            hazelcast()
                .replace("<multicast enabled=\"false\"/>", "<multicast enabled=\"true\"/>")
                .replace("<tcp-ip enabled=\"true\">", "<tcp-ip enabled=\"false\">"));

    assertThatThrownBy(() -> result(deploy(vertx, configuration(1))))
        .hasStackTraceContaining("cluster.trustNetwork: Hazelcast's port has no TLS");
  }

  @Test
  void answersACancelRequestAtOnceWhileItStillWaitsForOthers() throws Exception {
    Vertx vertx = join(VertxLauncher.protectedBy(2, hazelcast()));
    Future<String> starting = deploy(vertx, configuration(2));
    SealedBus bus = new SealedBus(vertx, new Seal(List.of(ClusterSecret.of(SECRET)), kind -> {}));
    String node = ((VertxInternal) vertx).clusterManager().getNodeId();
    JsonObject request = new JsonObject().put("key", new byte[8]);

    Await.until(
        "it answers",
        PATIENCE,
        () -> {
          Future<JsonObject> answer =
              bus.request(Addresses.cancel(node), request, AT_ONCE)
                  .otherwise(ClusteredVerticleIT::none);
          return !result(answer).getBoolean("cancelled", false);
        });

    assertThat(starting.isComplete()).isFalse();
  }

  /** Before it listens there; a request that is not answered in time is no such case. */
  private static JsonObject none(Throwable e) {
    assertThat(e).hasMessageContaining("No handlers");
    return new JsonObject().put("cancelled", true);
  }

  private String hazelcast() throws IOException {
    return VertxLauncher.hazelcast(List.of(FreePort.next()), 0);
  }

  private Vertx join(String hazelcast) {
    Vertx vertx = HazelcastVertx.join(hazelcast);
    clustered = Optional.of(vertx);
    return vertx;
  }

  private static Future<String> deploy(Vertx vertx, JsonObject configuration) {
    return vertx.deployVerticle(
        PgplaneVerticle.class.getName(), new DeploymentOptions().setConfig(configuration));
  }

  private JsonObject configuration(int minimumMembers) {
    JsonObject cluster =
        new JsonObject().put("secret", SECRET).put("minimumMembers", minimumMembers);
    return new JsonObject(new Yaml().<Map<String, Object>>load(setup.yaml(port)))
        .put("cluster", cluster);
  }

  private boolean logsIn() {
    Properties properties = new Properties();
    properties.setProperty("user", setup.user());
    properties.setProperty("password", setup.password());
    String url = "jdbc:postgresql://localhost:" + port + "/" + setup.database();
    try (Connection connection = DriverManager.getConnection(url, properties)) {
      return connection.isValid(5);
    } catch (SQLException e) {
      return false;
    }
  }
}
