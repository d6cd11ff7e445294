package io.pgplane.controlplane.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.controlplane.revision.ControlException;
import io.pgplane.controlplane.revision.ControlException.Kind;
import io.pgplane.controlplane.revision.RevisionStore.Contents;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(VertxExtension.class)
class FileStoreTest {
  @TempDir private Path parent;
  private Path directory = Path.of("");
  private FileStore store = FileStore.in(Vertx.vertx(), Path.of(""));

  @BeforeEach
  void open(Vertx vertx) {
    directory = parent.resolve("data/revisions");
    store = FileStore.in(vertx, directory);
  }

  @AfterEach
  void close() {
    get(store.close());
  }

  @Test
  void hasNothingAtFirst() {
    assertThat(get(store.load())).isEmpty();
    assertThat(store.size()).isZero();
  }

  @Test
  void hasAfterARestartWhatItWasGiven(Vertx vertx) {
    get(store.load());
    get(store.append(1, Logs.revision(1)));
    get(store.append(2, Logs.revision(2)));
    get(store.close());

    store = FileStore.in(vertx, directory);

    assertThat(get(store.load())).contains(Logs.contents(0, 0, 2));
    assertThat(store.size()).isEqualTo(directory.resolve("revisions.log").toFile().length());
    get(store.append(3, Logs.revision(3)));
    assertThat(get(store.load())).contains(Logs.contents(0, 0, 3));
  }

  @Test
  void beginsAnewWithWhatTakesThePlaceOfAll(Vertx vertx) {
    Contents contents = Logs.contents(40, 3, 50);
    get(store.load());
    get(store.append(1, Logs.revision(1)));

    get(store.replace(contents));

    assertThat(get(store.load())).contains(contents);
    get(store.append(51, Logs.revision(51)));
    assertThat(get(store.load())).contains(Logs.contents(40, 3, 51));
  }

  @Test
  void takesNoRevisionButTheNext() {
    get(store.load());
    get(store.replace(Logs.contents(40, 1, 50)));

    for (long other : new long[] {49, 50, 52}) {
      ControlException refusal = failure(store.append(other, Logs.revision(other)));
      assertThat(refusal.kind()).isEqualTo(Kind.DIVERGED);
      assertThat(refusal).hasMessageContaining("ends with revision 50");
    }
    assertThat(get(store.load())).contains(Logs.contents(40, 1, 50));
  }

  @Test
  void isItsOwnersAlone() throws IOException {
    get(store.load());
    get(store.append(1, Logs.revision(1)));

    assertThat(Files.getPosixFilePermissions(directory))
        .isEqualTo(PosixFilePermissions.fromString("rwx------"));
    for (String file : new String[] {"revisions.log", "lock"}) {
      assertThat(Files.getPosixFilePermissions(directory.resolve(file)))
          .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }
  }

  @Test
  void hasOneProcessAtATimeAndNamesIt(Vertx vertx) {
    get(store.load());
    FileStore second = FileStore.in(vertx, directory);

    ControlException refusal = failure(second.load());

    assertThat(refusal.kind()).isEqualTo(Kind.UNAVAILABLE);
    assertThat(refusal)
        .hasMessageContaining("the store in " + directory)
        .hasMessageContaining("another pgplane uses it, process " + ProcessHandle.current().pid());
    get(store.close());
    assertThat(get(second.load())).isEmpty();
    get(second.close());
    store = FileStore.in(vertx, directory);
  }

  @Test
  void saysWhereItIsDamagedAndWhatToDo() throws IOException {
    get(store.load());
    get(store.append(1, Logs.revision(1)));
    get(store.append(2, Logs.revision(2)));
    Path file = directory.resolve("revisions.log");
    byte[] bytes = Files.readAllBytes(file);
    bytes[100] ^= 1;
    Files.write(file, bytes);

    ControlException refusal = failure(store.load());

    assertThat(refusal.kind()).isEqualTo(Kind.UNAVAILABLE);
    assertThat(refusal)
        .hasMessageContaining(file + " is damaged at byte 64: revision 1 is damaged")
        .hasMessageContaining("Put a copy of it back");
    assertThat(Files.readAllBytes(file)).isEqualTo(bytes);
  }

  private static <T> T get(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().join();
  }

  private static ControlException failure(Future<?> future) {
    try {
      get(future);
    } catch (CompletionException e) {
      return (ControlException) Objects.requireNonNull(e.getCause());
    }
    throw new AssertionError("it has not failed");
  }
}
