package io.pgplane.controlplane.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.controlplane.revision.ControlException;
import io.pgplane.controlplane.revision.ControlException.Kind;
import io.pgplane.controlplane.revision.RevisionStore.Contents;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(VertxExtension.class)
class FileStoreTest {
  @TempDir private Path parent;
  private Path directory = Path.of("");
  private FileStore store = FileStore.in(Vertx.vertx(), Path.of(""), Logs.SEALER);

  @BeforeEach
  void open(Vertx vertx) {
    directory = parent.resolve("data/revisions");
    store = FileStore.in(vertx, directory, Logs.SEALER);
  }

  @AfterEach
  void close() {
    Stored.get(store.close());
  }

  @Test
  void hasNothingAtFirst() {
    assertThat(Stored.get(store.load())).isEmpty();
    assertThat(store.size()).isZero();
  }

  @Test
  void hasAfterARestartWhatItWasGiven(Vertx vertx) {
    Stored.get(store.load());
    Stored.get(store.append(1, Logs.revision(1)));
    Stored.get(store.append(2, Logs.revision(2)));
    Stored.get(store.close());

    store = FileStore.in(vertx, directory, Logs.SEALER);

    assertThat(Stored.get(store.load())).contains(Logs.contents(0, 0, 2));
    assertThat(store.size()).isEqualTo(directory.resolve("revisions.log").toFile().length());
    Stored.get(store.append(3, Logs.revision(3)));
    assertThat(Stored.get(store.load())).contains(Logs.contents(0, 0, 3));
  }

  @Test
  void beginsAnewWithWhatTakesThePlaceOfAll(Vertx vertx) {
    Contents contents = Logs.contents(40, 3, 50);
    Stored.get(store.load());
    Stored.get(store.append(1, Logs.revision(1)));

    Stored.get(store.replace(contents));

    assertThat(Stored.get(store.load())).contains(contents);
    Stored.get(store.append(51, Logs.revision(51)));
    assertThat(Stored.get(store.load())).contains(Logs.contents(40, 3, 51));
  }

  @Test
  void takesNoRevisionButTheNext() {
    Stored.get(store.load());
    Stored.get(store.replace(Logs.contents(40, 1, 50)));

    for (long other : new long[] {49, 50, 52}) {
      ControlException refusal = Stored.failure(store.append(other, Logs.revision(other)));
      assertThat(refusal.kind()).isEqualTo(Kind.DIVERGED);
      assertThat(refusal).hasMessageContaining("ends with revision 50");
    }
    assertThat(Stored.get(store.load())).contains(Logs.contents(40, 1, 50));
  }

  @Test
  void isItsOwnersAlone() throws IOException {
    Stored.get(store.load());
    Stored.get(store.append(1, Logs.revision(1)));

    assertThat(Files.getPosixFilePermissions(directory))
        .isEqualTo(PosixFilePermissions.fromString("rwx------"));
    for (String file : new String[] {"revisions.log", "revisions.end", "lock"}) {
      assertThat(Files.getPosixFilePermissions(directory.resolve(file)))
          .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }
  }

  @Test
  void hasOneProcessAtATimeAndNamesIt(Vertx vertx) {
    Stored.get(store.load());
    FileStore second = FileStore.in(vertx, directory, Logs.SEALER);

    ControlException refusal = Stored.failure(second.load());

    assertThat(refusal.kind()).isEqualTo(Kind.UNAVAILABLE);
    assertThat(refusal)
        .hasMessageContaining("the store in " + directory)
        .hasMessageContaining("another pgplane uses it, process " + ProcessHandle.current().pid());
    Stored.get(store.close());
    assertThat(Stored.get(second.load())).isEmpty();
    Stored.get(second.close());
    store = FileStore.in(vertx, directory, Logs.SEALER);
  }

  @Test
  void saysWhereItIsDamagedAndWhatToDo() throws IOException {
    Stored.get(store.load());
    Stored.get(store.append(1, Logs.revision(1)));
    Stored.get(store.append(2, Logs.revision(2)));
    Path file = directory.resolve("revisions.log");
    byte[] bytes = Files.readAllBytes(file);
    bytes[100] ^= 1;
    Files.write(file, bytes);

    ControlException refusal = Stored.failure(store.load());

    assertThat(refusal.kind()).isEqualTo(Kind.UNAVAILABLE);
    assertThat(refusal)
        .hasMessageContaining(file + " is damaged at byte 64: revision 1 is damaged")
        .hasMessageContaining("Put a copy of " + directory + " back");
    assertThat(Files.readAllBytes(file)).isEqualTo(bytes);
  }

  @Test
  void noticesThatItsLastRevisionsWereCutOff() throws IOException {
    Stored.get(store.load());
    Stored.get(store.append(1, Logs.revision(1)));
    Path file = directory.resolve("revisions.log");
    byte[] earlier = Files.readAllBytes(file);
    Stored.get(store.append(2, Logs.revision(2)));
    Files.write(file, earlier);

    assertThat(Stored.failure(store.load()))
        .hasMessageContaining("it ends with revision 1, but had revision 2 once");

    Files.delete(file);
    assertThat(Stored.failure(store.load()))
        .hasMessageContaining("it ends with revision 0, but had revision 2 once");
  }

  @Test
  void takesNoMarkThatIsNotItsOwn() throws IOException {
    Stored.get(store.load());
    Stored.get(store.append(1, Logs.revision(1)));
    Path mark = directory.resolve("revisions.end");
    byte[] sealed = Files.readAllBytes(mark);

    sealed[sealed.length - 1] ^= 1;
    Files.write(mark, sealed);
    assertThat(Stored.failure(store.load()))
        .hasMessageContaining("what is stored as store/end cannot be opened")
        .hasMessageContaining("set the secret, or cluster.oldSecret");

    Files.delete(mark);
    assertThat(Stored.failure(store.load())).hasMessageContaining(mark + " is missing");
  }

  /** As after a crash between the two writes. */
  @Test
  void acceptsALogThatIsAheadOfItsMark() throws IOException {
    Stored.get(store.load());
    Path mark = directory.resolve("revisions.end");
    byte[] earlier = Files.readAllBytes(mark);
    Stored.get(store.append(1, Logs.revision(1)));
    Files.write(mark, earlier);

    assertThat(Stored.get(store.load())).contains(Logs.contents(0, 0, 1));
  }

  /** As when a member gives up what it had for what the others have. */
  @Test
  void opensWhateverACrashLeavesOfAReplacementByLessThanItHad(Vertx vertx) {
    for (int steps = 0; steps < 20; steps++) {
      Path crashing = parent.resolve("crash" + steps);
      FaultyDisk disk = new FaultyDisk();
      FileStore before = new FileStore(vertx, crashing, disk, Logs.SEALER);
      Stored.get(before.load());
      Stored.get(before.replace(Logs.contents(0, 1, 7)));
      disk.fail(steps, Integer.MAX_VALUE);
      before
          .replace(Logs.contents(0, 1, 5))
          .toCompletionStage()
          .toCompletableFuture()
          .exceptionally(e -> null)
          .join();
      disk.mend();
      Stored.get(before.close());

      FileStore after = FileStore.in(vertx, crashing, Logs.SEALER);
      assertThat(Stored.get(after.load()).orElseThrow().last()).isIn(5L, 7L);
      Stored.get(after.close());
    }
  }
}
