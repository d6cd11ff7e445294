package io.pgplane.config;

import static io.pgplane.config.Trees.VALID;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What the watch tells of comes as text here: the users' names, or the problems. */
@ExtendWith(VertxExtension.class)
class ConfigWatchTest {
  @TempDir private Path directory;

  private Set<Path> inUse = Set.of();
  private final BlockingQueue<String> told = new LinkedBlockingQueue<>();

  @Test
  void tellsOfAChange(Vertx vertx) throws Exception {
    Path file = watched(vertx, VALID);

    replace(file, VALID.replace("alice", "bob"));

    assertThat(next()).isEqualTo("[bob]");
  }

  @Test
  void refusesABadChangeAndTakesTheGoodOneAfterIt(Vertx vertx) throws Exception {
    Path file = watched(vertx, VALID);

    replace(file, VALID.replace("backend: app-db", "backend: ap-db"));

    assertThat(next()).contains("no backend named \"ap-db\"");

    replace(file, VALID.replace("alice", "bob"));

    assertThat(next()).isEqualTo("[bob]");
  }

  @Test
  void tellsOfAFileThatIsGoneAndOfItsReturn(Vertx vertx) throws Exception {
    Path file = watched(vertx, VALID);

    Files.delete(file);

    assertThat(next()).contains("no such file");

    replace(file, VALID);

    assertThat(next()).isEqualTo("[alice]");
  }

  @Test
  void followsALinkThatIsSwappedAsKubernetesDoes(Vertx vertx) throws Exception {
    Path first = Files.createDirectory(directory.resolve("..first"));
    Path second = Files.createDirectory(directory.resolve("..second"));
    Files.writeString(first.resolve("pgplane.yaml"), VALID);
    Files.writeString(second.resolve("pgplane.yaml"), VALID.replace("alice", "bob"));
    Path data = Files.createSymbolicLink(directory.resolve("..data"), first.getFileName());
    Path file =
        Files.createSymbolicLink(directory.resolve("pgplane.yaml"), Path.of("..data/pgplane.yaml"));
    watch(vertx, file);

    Path swap = Files.createSymbolicLink(directory.resolve("..tmp"), second.getFileName());
    Files.move(swap, data, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);

    assertThat(next()).isEqualTo("[bob]");
  }

  @Test
  void takesAFileWhoseCertificateComesLater(Vertx vertx) throws Exception {
    Path file = watched(vertx, VALID);
    String tls = "tls: { certificates: [{ chain: DIR/server.crt, key: DIR/server.key }] }";
    String withTls =
        VALID.replace("name: main", "name: main, " + tls.replace("DIR", directory.toString()));

    replace(file, withTls);

    assertThat(next()).contains("no such file");

    PemFiles.write(directory);

    assertThat(nextBut("no certificate", "no private key", "no such file")).isEqualTo("[alice]");
  }

  @Test
  void tellsOfAChangeOfAFileThatIsInUseWithoutBeingNamed(Vertx vertx) throws Exception {
    Path used = Files.writeString(directory.resolve("ca.crt"), "one");
    inUse = Set.of(used);
    watched(vertx, VALID);
    assertThat(next()).as("a file that it has not seen before").isEqualTo("[alice]");

    Files.writeString(used, "another");

    assertThat(next()).isEqualTo("[alice]");
  }

  @Test
  void readsASecretAgainWhenKubernetesSwapsIt(Vertx vertx) throws Exception {
    Path first = Files.createDirectory(directory.resolve("..first"));
    Path second = Files.createDirectory(directory.resolve("..second"));
    Files.writeString(first.resolve("name"), "alice\n");
    Files.writeString(second.resolve("name"), "bob\n");
    Path data = Files.createSymbolicLink(directory.resolve("..data"), first.getFileName());
    Path secret = Files.createSymbolicLink(directory.resolve("name"), Path.of("..data/name"));
    watched(vertx, VALID.replace("name: alice", "name: \"${file:" + secret + "}\""));

    Path swap = Files.createSymbolicLink(directory.resolve("..tmp"), second.getFileName());
    Files.move(swap, data, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);

    assertThat(next()).isEqualTo("[bob]");

    Files.delete(secret);

    assertThat(next()).contains("users[0].name", "no such file: " + secret);
  }

  @Test
  void saysNothingOnceItIsStopped(Vertx vertx) throws Exception {
    Path file = Files.writeString(directory.resolve("pgplane.yaml"), VALID);
    ConfigWatch stopped = watch(vertx, file);
    BlockingQueue<String> others = new LinkedBlockingQueue<>();

    stopped.stop();
    watchInto(vertx, file, others);
    replace(file, VALID.replace("alice", "bob"));

    assertThat(others.poll(30, TimeUnit.SECONDS)).isEqualTo("[bob]");
    assertThat(told).isEmpty();
  }

  private Path watched(Vertx vertx, String content) throws Exception {
    Path file = Files.writeString(directory.resolve("pgplane.yaml"), content);
    watch(vertx, file);
    return file;
  }

  private ConfigWatch watch(Vertx vertx, Path file) throws Exception {
    return watchInto(vertx, file, told);
  }

  private ConfigWatch watchInto(Vertx vertx, Path path, Collection<String> told) throws Exception {
    ConfigFile file = new ConfigFile(vertx, path);
    file.load().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    return file.watch(
        () -> inUse,
        config -> told.add(users(config)),
        problems -> told.add(String.valueOf(problems)));
  }

  private static String users(Config config) {
    return config.topology().users().stream().map(user -> user.name()).toList().toString();
  }

  private String next() throws InterruptedException {
    return String.valueOf(told.poll(30, TimeUnit.SECONDS));
  }

  /** The first that is none of those which may or may not come, by when the files are written. */
  private String nextBut(String... passing) throws InterruptedException {
    String text = next();
    while (List.of(passing).stream().anyMatch(text::contains)) {
      text = next();
    }
    return text;
  }

  private void replace(Path file, String content) throws IOException {
    Path written = Files.writeString(directory.resolve("new.yaml"), content);
    Files.move(written, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
