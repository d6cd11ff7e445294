package io.pgplane.config;

import static io.pgplane.config.Trees.VALID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The watch, look by look, without its timer. */
@ExtendWith(VertxExtension.class)
class ConfigLookTest {
  private static final String BAD = VALID.replace("backend: app-db", "backend: ap-db");

  @TempDir private Path directory;

  private final List<String> told = new CopyOnWriteArrayList<>();
  private Path path;
  private ConfigWatch watch;

  @BeforeEach
  void load(Vertx vertx) throws Exception {
    path = Files.writeString(directory.resolve("pgplane.yaml"), VALID);
    ConfigFile file = new ConfigFile(vertx, path);
    ConfigFile.Reading loaded = result(file.read());
    watch =
        new ConfigWatch(
            file,
            loaded,
            config -> told.add("good"),
            problems -> told.add(problems.toString()),
            () -> {});
  }

  @Test
  void saysNothingOfAFileThatStaysTheSame() throws Exception {
    look(3);

    assertThat(told).isEmpty();
  }

  @Test
  void leavesAFileAloneThatIsStillBeingWritten() throws Exception {
    write(BAD);
    look(1);
    write(VALID.replace("alice", "bob"));
    look(1);

    assertThat(told).isEmpty();

    look(1);

    assertThat(told).containsExactly("good");
  }

  @Test
  void tellsOfARefusalOnceAndAgainWhenItIsAnother() throws Exception {
    write(BAD);
    look(4);

    assertThat(told).hasSize(1).first().asString().contains("did you mean \"app-db\"?");

    write("a: [");
    look(4);

    assertThat(told).hasSize(2).last().asString().contains("not valid YAML");
  }

  @Test
  void tellsOfTheReturnToWhatWasLoaded() throws Exception {
    write(BAD);
    look(2);
    write(VALID);
    look(4);

    assertThat(told).hasSize(2).last().isEqualTo("good");
  }

  @Test
  void tellsOfAFileThatIsNamedOnceItHasChangedAndSettled(Vertx vertx) throws Exception {
    PemFiles.write(directory);
    String tls = "name: main, tls: {certificates: [{chain: DIR/server.crt, key: DIR/server.key}]}";
    write(VALID.replace("name: main", tls.replace("DIR", directory.toString())));
    look(3);
    assertThat(told).containsExactly("good");

    PemFiles.write(directory);
    look(1);

    assertThat(told).hasSize(1);

    look(3);

    assertThat(told).containsExactly("good", "good");
  }

  @Test
  void takesAFileWhoseSizeAndModificationTimeHaveNotChanged() throws Exception {
    assumeTrue(
        path.getFileSystem().supportedFileAttributeViews().contains("unix"),
        "a file system that tells the time of an inode's change is needed");
    look(2);
    FileTime time = Files.getLastModifiedTime(path);

    write(VALID.replace("alice", "carol"));
    Files.setLastModifiedTime(path, time);
    look(2);

    assertThat(told).containsExactly("good");
  }

  @Test
  void reloadReadsTheFileWithoutALook() throws Exception {
    look(2);
    write(BAD);

    assertThatThrownBy(() -> result(watch.reload())).hasCauseInstanceOf(ConfigException.class);
    assertThatThrownBy(() -> result(watch.reload())).hasCauseInstanceOf(ConfigException.class);
    assertThat(told).as("each refusal is told").hasSize(2);

    write(VALID.replace("alice", "carol"));
    result(watch.reload());
    look(4);

    assertThat(told).hasSize(3).last().isEqualTo("good");
  }

  @Test
  void reloadDuringALookComesAfterIt() throws Exception {
    Future<Void> look = watch.look();
    Future<Void> reload = watch.reload();
    result(look);
    result(reload);

    assertThat(told).containsExactly("good");
  }

  private void look(int times) throws Exception {
    for (int i = 0; i < times; i++) {
      result(watch.look().otherwiseEmpty());
    }
  }

  private static <T> T result(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  private void write(String content) throws IOException {
    Files.writeString(path, content);
  }
}
