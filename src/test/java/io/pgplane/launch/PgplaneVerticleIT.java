package io.pgplane.launch;

import static io.pgplane.testkit.Proxy.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgplane.testkit.Await;
import io.pgplane.testkit.FreePort;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.Setup;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.yaml.snakeyaml.Yaml;

/** A member that comes and goes with the verticle. */
@ExtendWith(VertxExtension.class)
class PgplaneVerticleIT {
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
