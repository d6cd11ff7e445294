package io.pgplane.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The examples in conf/, with certificates and secrets that exist. */
@ExtendWith(VertxExtension.class)
class ExamplesTest {
  private static final Path EXAMPLES = Path.of("conf");

  private static final Map<String, String> ENVIRONMENT =
      Map.ofEntries(
          Map.entry("ALICE_VERIFIER", Trees.VERIFIER),
          Map.entry("ALICE_OLD_VERIFIER", Trees.VERIFIER),
          Map.entry("PGPLANE_ADMIN_TOKEN", "0123456789abcdef"),
          Map.entry("PGPLANE_READ_TOKEN", "fedcba9876543210"),
          Map.entry("PGPLANE_CLUSTER_SECRET", "a secret of these tests"),
          Map.entry("PGPLANE_OLD_CLUSTER_SECRET", "the secret before it"),
          Map.entry("PROBE_PASSWORD", "pencil"),
          Map.entry("REPORTING_PASSWORD", "pencil"),
          Map.entry("REPORTS_KEY_PASSWORD", "pencil"),
          Map.entry("REPORTS_SERVICE_PASSWORD", "pencil"),
          Map.entry("STORE_PASSWORD", "pencil"),
          Map.entry("POD_IP", "10.0.0.7"),
          Map.entry("HOSTNAME", "pgplane-0"));

  @TempDir private Path directory;

  static Stream<Path> examples() throws IOException {
    try (Stream<Path> files = Files.list(EXAMPLES)) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("pgplane"))
          .toList()
          .stream();
    }
  }

  @ParameterizedTest
  @MethodSource("examples")
  void isValid(Path example, Vertx vertx) throws IOException {
    Config config = load(example, vertx);

    assertThat(config.topology().users()).isNotEmpty();
    assertThat(config.warnings()).isEmpty();
  }

  @Test
  void theOneForKubernetesIsValid(Vertx vertx) throws IOException {
    Config config = load(Path.of("k8s/base/pgplane.yaml"), vertx);

    assertThat(config.cluster().enabled()).isTrue();
    assertThat(config.store()).isInstanceOf(Store.File.class);
    assertThat(config.source()).isEqualTo(Source.CLUSTER);
    assertThat(config.warnings()).isEmpty();
  }

  @Test
  void theJsonSaysWhatTheMinimalYamlSays(Vertx vertx) throws IOException {
    Config json = load(EXAMPLES.resolve("pgplane.json"), vertx);
    Config yaml = load(EXAMPLES.resolve("pgplane-minimal.yaml"), vertx);

    assertThat(json.listeners()).isEqualTo(yaml.listeners());
    assertThat(json.topology().routes()).isEqualTo(yaml.topology().routes());
  }

  @Test
  void theCompleteExampleHasEveryKey() throws IOException {
    String example = Files.readString(EXAMPLES.resolve("pgplane.yaml"));

    assertThat(names(FileKeys.FILE)).allSatisfy(name -> assertThat(example).contains(name + ":"));
  }

  private static Set<String> names(Shape<?> shape) {
    Set<String> names = new TreeSet<>();
    for (Key<?> key : shape.keys()) {
      names.add(key.name());
      key.type().inner().ifPresent(inner -> names.addAll(names(inner)));
    }
    return names;
  }

  private Config load(Path example, Vertx vertx) throws IOException {
    PemFiles.write(directory);
    String text =
        Files.readString(example)
            .replaceAll("conf/tls/\\w+\\.crt", directory.resolve("server.crt").toString())
            .replaceAll("conf/tls/\\w+\\.key", directory.resolve("server.key").toString())
            .replace("/etc/pgplane-tls/tls.crt", directory.resolve("server.crt").toString())
            .replace("/etc/pgplane-tls/tls.key", directory.resolve("server.key").toString())
            .replace("/etc/pgplane/hazelcast", "k8s/base/hazelcast");
    Path copy = Files.writeString(directory.resolve(example.getFileName()), text);
    return new ConfigFile(vertx, copy, ENVIRONMENT::get)
        .load()
        .toCompletionStage()
        .toCompletableFuture()
        .join();
  }
}
