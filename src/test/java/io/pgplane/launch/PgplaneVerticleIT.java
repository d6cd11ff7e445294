package io.pgplane.launch;

import static io.pgplane.testkit.Proxy.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgplane.config.ListenerTls;
import io.pgplane.config.TlsParameters;
import io.pgplane.controlplane.events.ControlClient;
import io.pgplane.testkit.Await;
import io.pgplane.testkit.Certificates;
import io.pgplane.testkit.Certificates.Issued;
import io.pgplane.testkit.Certificates.KeyType;
import io.pgplane.testkit.FreePort;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.Setup;
import io.pgplane.topology.CertificateFiles;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

/** A member that comes and goes with the verticle. */
@ExtendWith(VertxExtension.class)
class PgplaneVerticleIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Setup setup = Setup.on(Version.NEWEST);

  @Test
  void leavesNothingDeployedWhenItIsUndeployedAndCanComeBack(Vertx vertx) throws IOException {
    int port = FreePort.next();
    DeploymentOptions options =
        new DeploymentOptions().setInstances(2).setConfig(configuration(setup.yaml(port)));

    for (int time = 0; time < 2; time++) {
      String id = result(vertx.deployVerticle(PgplaneVerticle.class.getName(), options));
      assertThat(listens(port)).isTrue();

      result(vertx.undeploy(id));

      assertThat(vertx.deploymentIDs()).isEmpty();
      Await.until("the port is free", () -> !listens(port));
    }
  }

  @Test
  void leavesNothingDeployedWhenItsConfigurationIsRefused(Vertx vertx) throws IOException {
    try (ServerSocket taken = new ServerSocket(0)) {
      DeploymentOptions options =
          new DeploymentOptions()
              .setInstances(2)
              .setConfig(configuration("admin: { port: 0 }\n" + setup.yaml(taken.getLocalPort())));

      assertThatThrownBy(
              () -> result(vertx.deployVerticle(PgplaneVerticle.class.getName(), options)))
          .hasStackTraceContaining("listener main: cannot listen");

      assertThat(vertx.deploymentIDs()).isEmpty();
    }
  }

  @Test
  void takesAChangeOfTheFileThatItsConfigurationNames(Vertx vertx, @TempDir Path directory)
      throws IOException {
    int port = FreePort.next();
    String yaml = setup.yaml(port);
    Path file = Files.writeString(directory.resolve("pgplane.yaml"), disabled(yaml));
    result(deploy(vertx, new JsonObject().put("conf", file.toString())));
    assertThat(logsIn(port)).isFalse();

    Path next = Files.writeString(directory.resolve("next"), yaml);
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);

    Await.until("the user can log in", PATIENCE, () -> logsIn(port));
  }

  @Test
  void loadsCertificatesAgainThatItsConfigurationNames(Vertx vertx, @TempDir Path directory)
      throws IOException {
    Certificates strangers = Certificates.in(Files.createDirectory(directory.resolve("others")));
    Issued wrong = strangers.server("wrong", KeyType.EC_P256, "localhost");
    Issued right = setup.postgres().authority().server("right", KeyType.EC_P256, "localhost");
    Path chain = Files.copy(wrong.chain(), directory.resolve("chain"));
    Path key = Files.copy(wrong.key(), directory.resolve("key"));
    setup.listenerTls(
        new ListenerTls(
            ListenerTls.Mode.ALLOW,
            List.of(new CertificateFiles(chain, key)),
            Optional.empty(),
            TlsParameters.DEFAULTS));
    int port = FreePort.next();
    result(deploy(vertx, configuration(setup.yaml(port))));
    assertThat(logsIn(port)).isFalse();

    Files.copy(right.chain(), chain, StandardCopyOption.REPLACE_EXISTING);
    Files.copy(right.key(), key, StandardCopyOption.REPLACE_EXISTING);

    Await.until("the new certificate is shown", PATIENCE, () -> logsIn(port));
  }

  @Test
  void takesNoOtherKeysBesideTheNameOfAFile(Vertx vertx) {
    JsonObject both = new JsonObject().put("conf", "pgplane.yaml").put("users", new JsonArray());

    assertThatThrownBy(() -> result(deploy(vertx, both)))
        .hasStackTraceContaining("conf: expected the path of a configuration file");

    assertThat(vertx.deploymentIDs()).isEmpty();
  }

  @Test
  void saysWhichFileIsWrongAndWhatItLacksWithoutOne(Vertx vertx, @TempDir Path directory)
      throws IOException {
    Path file = Files.writeString(directory.resolve("pgplane.yaml"), "listeners: [");

    assertThatThrownBy(() -> result(deploy(vertx, new JsonObject().put("conf", file.toString()))))
        .hasStackTraceContaining(file + ": not valid YAML: ");
    assertThatThrownBy(() -> result(deploy(vertx, new JsonObject())))
        .hasStackTraceContaining("the verticle has no configuration: give it {\"conf\": FILE}");

    assertThat(vertx.deploymentIDs()).isEmpty();
  }

  @Test
  void answersRequestsOfItsVertxWithoutACluster(Vertx vertx) {
    String secret = "a secret that tests share";
    JsonObject configuration =
        configuration(setup.yaml(FreePort.next()))
            .put("cluster", new JsonObject().put("secret", secret))
            .put("topology", new JsonObject().put("source", "cluster"));
    String id = result(deploy(vertx, configuration));
    ControlClient control = new ControlClient(vertx, secret);
    JsonObject change =
        new JsonObject()
            .put("put", "users")
            .put("name", "newcomer")
            .put("document", new JsonObject().put("secret", setup.verifier().text()));

    JsonObject applied =
        result(
            control.request(
                "apply",
                new JsonObject().put("author", "test").put("changes", JsonArray.of(change))));

    assertThat(applied.getLong("revision")).isEqualTo(2);
    result(vertx.undeploy(id));
    assertThatThrownBy(() -> result(control.request("members", new JsonObject())))
        .hasMessageContaining("No handlers");
  }

  private static Future<String> deploy(Vertx vertx, JsonObject configuration) {
    return vertx.deployVerticle(
        PgplaneVerticle.class.getName(), new DeploymentOptions().setConfig(configuration));
  }

  private String disabled(String yaml) {
    return yaml.replace(setup.yamlUser(), setup.yamlUser() + "\n    disabled: true");
  }

  private boolean logsIn(int port) {
    Properties properties = new Properties();
    properties.setProperty("user", setup.user());
    properties.setProperty("password", setup.password());
    properties.setProperty("sslmode", "verify-full");
    properties.setProperty("sslrootcert", setup.postgres().authority().ca().toString());
    String url = "jdbc:postgresql://localhost:" + port + "/" + setup.database();
    try (Connection connection = DriverManager.getConnection(url, properties)) {
      return connection.isValid(5);
    } catch (SQLException e) {
      return false;
    }
  }

  private static JsonObject configuration(String yaml) {
    Map<String, Object> tree = new Yaml().load(yaml);
    return new JsonObject(tree);
  }

  private static boolean listens(int port) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }
}
