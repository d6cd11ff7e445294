package io.pgplane.controlplane.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgplane.controlplane.revision.RevisionStore.Contents;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A log on a disk that fails. */
class LogFileTest {
  private static final Contents OLD = Logs.contents(3, 2, 5);
  private static final Contents NEW = Logs.contents(9, 3, 12);

  @TempDir private Path directory;
  private final FaultyDisk disk = new FaultyDisk();
  private LogFile log = new LogFile(disk, Path.of(""));

  @BeforeEach
  void begin() throws IOException {
    log = new LogFile(disk, directory);
    log.replace(OLD);
  }

  @Test
  void anAppendIsOnTheDiskWhenItReturns() throws IOException {
    int before = disk.steps().size();

    log.append(Logs.revision(6));

    assertThat(disk.steps().subList(before, disk.steps().size())).containsExactly("write", "force");
    assertThat(reopened()).contains(Logs.contents(3, 2, 6));
  }

  @Test
  void anotherLogIsOnTheDiskBeforeItTakesThePlaceOfThisOne() throws IOException {
    int before = disk.steps().size();

    log.replace(NEW);

    assertThat(disk.steps().subList(before, disk.steps().size()))
        .endsWith("write", "force", "rename", "sync");
    assertThat(reopened()).contains(NEW);
  }

  @Test
  void anAppendThatFailsLeavesTheLogAsItWas() throws IOException {
    disk.fail(/* after= */ 0, /* count= */ 1);

    // Longer than what comes next, which must not leave the rest of it behind itself.
    Buffer large = Logs.revision(6).appendBuffer(Logs.revision(7)).appendBuffer(Logs.revision(8));
    assertThatThrownBy(() -> log.append(large)).isInstanceOf(IOException.class);

    log.append(Buffer.buffer("short"));

    assertThat(reopened().orElseThrow().revisions())
        .hasSize(3)
        .containsEntry(6L, Buffer.buffer("short"));
  }

  @Test
  void aLogThatCannotBeCutBackIsWrittenAnew() throws IOException {
    disk.fail(/* after= */ 0, /* count= */ 2);
    assertThatThrownBy(() -> log.append(Logs.revision(6))).isInstanceOf(IOException.class);

    appendAnew();
  }

  /** What the disk holds after a failed sync, nobody knows, nor does another sync tell. */
  @Test
  void aLogWhoseSyncHasFailedIsWrittenAnew() throws IOException {
    disk.fail(/* after= */ 1, /* count= */ 1);
    assertThatThrownBy(() -> log.append(Logs.revision(6))).isInstanceOf(IOException.class);

    appendAnew();
  }

  /** A change that was not acknowledged may be another one the next time. */
  private void appendAnew() throws IOException {
    int before = disk.steps().size();
    log.append(Logs.revision(66));

    assertThat(disk.steps().subList(before, disk.steps().size()))
        .contains("rename")
        .endsWith("sync");
    Contents found = reopened().orElseThrow();
    assertThat(found.revisions()).containsOnlyKeys(4L, 5L, 6L).containsEntry(6L, Logs.revision(66));
    log.append(Logs.revision(7));
    assertThat(reopened().orElseThrow().revisions()).containsEntry(7L, Logs.revision(7));
  }

  /** As a process is killed, or a machine lost. */
  @Test
  void aReplacementThatEndsAtAnyStepLeavesTheOneLogOrTheOther() throws IOException {
    int before = disk.steps().size();
    log.replace(NEW);
    int steps = disk.steps().size() - before;
    log.replace(OLD);
    boolean replaced = false;

    for (int step = 0; step < steps; step++) {
      disk.fail(step, Integer.MAX_VALUE);
      assertThatThrownBy(() -> log.replace(NEW)).isInstanceOf(IOException.class);
      disk.mend();

      Optional<Contents> found = reopened();
      assertThat(found)
          .as("ended at step %d", step)
          .hasValueSatisfying(contents -> assertThat(contents).isIn(OLD, NEW));
      replaced = found.equals(Optional.of(NEW));
      assertThat(files()).as("after step %d", step).containsExactly("revisions.log");
      assertThat(log.read()).isEqualTo(found);
    }
    assertThat(replaced).as("by the last step it has taken place").isTrue();
  }

  @Test
  void aReplacementThatFailsLeavesNothingBehindAndTheLogUsable() throws IOException {
    disk.fail(/* after= */ 2, /* count= */ 1);

    assertThatThrownBy(() -> log.replace(NEW)).isInstanceOf(IOException.class);

    assertThat(files()).containsExactly("revisions.log");
    log.append(Logs.revision(6));
    assertThat(reopened()).contains(Logs.contents(3, 2, 6));
  }

  @Test
  void whatIsTornIsCutOffForGood() throws IOException {
    Path file = directory.resolve("revisions.log");
    Files.write(file, new byte[] {0, 0, 0, 1}, StandardOpenOption.APPEND);
    long before = Files.size(file);

    assertThat(log.read()).contains(OLD);

    assertThat(Files.size(file)).isEqualTo(before - 4).isEqualTo(log.size());
    log.append(Logs.revision(6));
    assertThat(reopened()).contains(Logs.contents(3, 2, 6));
  }

  private Optional<Contents> reopened() throws IOException {
    try (LogFile again = new LogFile(Disk.REAL, directory)) {
      return again.read();
    }
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }
}
