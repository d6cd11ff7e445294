package io.pgplane.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertx.core.Launcher;
import io.vertx.core.json.JsonObject;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.yaml.snakeyaml.Yaml;

/** pgplane under Vert.x's own launcher, which takes JSON, and Hazelcast's way from a property. */
public final class VertxLauncher {
  private VertxLauncher() {}

  /**
   * The arguments of a JVM that runs a configuration so, as one of the members at these ports.
   *
   * @param directory for what it reads
   */
  public static List<String> arguments(Path directory, String yaml, List<Integer> ports, int own)
      throws IOException {
    Path configuration = directory.resolve("pgplane.json");
    Files.writeString(configuration, json(yaml));
    Path hazelcast = directory.resolve("cluster.xml");
    Files.writeString(hazelcast, hazelcast(ports, own));
    return List.of(
        "-Dvertx.hazelcast.config=" + hazelcast,
        "-cp",
        BuiltJar.path() + File.pathSeparator + jar(),
        Launcher.class.getName(),
        "run",
        "io.pgplane.launch.PgplaneVerticle",
        "-cluster",
        "-cluster-host",
        "127.0.0.1",
        "-instances",
        "2",
        "-conf",
        configuration.toString());
  }

  private static String json(String yaml) {
    Map<String, Object> tree = new Yaml().load(yaml);
    return new JsonObject(tree).encodePrettily();
  }

  /** pgplane's own, with another way to the others. */
  public static String hazelcast(List<Integer> ports, int own) throws IOException {
    try (InputStream xml = Launcher.class.getResourceAsStream("/cluster.xml")) {
      String members =
          ports.stream()
              .map(port -> "<member>127.0.0.1:" + port + "</member>")
              .collect(Collectors.joining());
      return new String(Objects.requireNonNull(xml).readAllBytes(), UTF_8)
          .replace("<cluster-name>pgplane<", "<cluster-name>test" + ports.get(0) + "<")
          .replace(
              "<port auto-increment=\"true\">5701<",
              "<port auto-increment=\"false\">" + ports.get(own) + "<")
          .replace(
              "<multicast enabled=\"true\"/>",
              "<multicast enabled=\"false\"/><tcp-ip enabled=\"true\">" + members + "</tcp-ip>");
    }
  }

  private static Path jar() {
    try {
      return Path.of(Launcher.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
