package io.pgplane.controlplane.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgplane.controlplane.revision.RevisionStore.Contents;
import io.pgplane.testkit.ClientTool;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file system that is really full, where this machine may mount one. */
class FullDiskIT {
  private static final int KIBIBYTES = 256;

  @TempDir private Path directory;
  private boolean mounted;

  @BeforeEach
  void mount() throws Exception {
    mounted = run("mount", "-t", "tmpfs", "-o", "size=" + KIBIBYTES + "k", "tmpfs");
    if (!mounted) {
      throw ClientTool.skipped("only root may mount; LogFileTest fills an imagined disk instead");
    }
  }

  @AfterEach
  void unmount() throws Exception {
    if (mounted) {
      assertThat(run("umount")).isTrue();
    }
  }

  @Test
  void aFullDiskRefusesTheAppendAndHarmsNothing() throws IOException {
    try (LogFile log = new LogFile(Disk.REAL, directory)) {
      long stored = fill(log);

      assertThatThrownBy(() -> log.append(large(stored + 1))).isInstanceOf(IOException.class);
      assertThat(reopened().revisions()).hasSize((int) stored);

      Files.delete(directory.resolve("ballast"));
      log.append(large(stored + 1));
      assertThat(reopened().revisions()).hasSize((int) stored + 1);
    }
  }

  @Test
  void aFullDiskRefusesTheReplacementAndHarmsNothing() throws IOException {
    try (LogFile log = new LogFile(Disk.REAL, directory)) {
      long stored = fill(log);
      Contents before = reopened();

      assertThatThrownBy(() -> log.replace(before)).isInstanceOf(IOException.class);

      assertThat(reopened()).isEqualTo(before);
      Files.delete(directory.resolve("ballast"));
      log.replace(new Contents(stored, List.of(large(0)), new TreeMap<>()));
      assertThat(reopened().baseNumber()).isEqualTo(stored);
    }
  }

  /** Fills the disk with a log and a file that can be taken away again. */
  private long fill(LogFile log) throws IOException {
    Files.write(directory.resolve("ballast"), new byte[KIBIBYTES * 1024 / 4]);
    long stored = 0;
    try {
      while (true) {
        log.append(large(stored + 1));
        stored++;
      }
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("No space left");
      assertThat(stored).isPositive();
      return stored;
    }
  }

  private static Buffer large(long number) {
    return Logs.revision(number).appendBytes(new byte[10_000]);
  }

  private Contents reopened() throws IOException {
    try (LogFile again = new LogFile(Disk.REAL, directory)) {
      return again.read().orElseThrow();
    }
  }

  private boolean run(String... command) throws Exception {
    List<String> words = new ArrayList<>(List.of(command));
    words.add(directory.toString());
    return new ProcessBuilder(words).inheritIO().start().waitFor() == 0;
  }
}
