package io.pgplane.controlplane.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.controlplane.revision.RevisionStore.Contents;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that is killed in the middle of its appends and replacements, again and again. */
class FileStoreCrashIT {
  private static final int KILLS = 20;
  private static final int MOST_APPENDS = 120;

  @TempDir private Path directory;

  @Test
  void whatWasAcknowledgedIsThereAfterwardsAndNothingHalf() throws Exception {
    Random random = new Random(5);
    long acknowledged = 0;

    for (int kill = 0; kill < KILLS; kill++) {
      acknowledged = appendUntilKilled(acknowledged, 1 + random.nextInt(MOST_APPENDS));

      Contents contents = read();
      long base = contents.baseNumber();
      long last = base + contents.revisions().size();
      assertThat(last).as("after kill %d", kill).isBetween(acknowledged, acknowledged + 1);
      assertThat(contents).isEqualTo(Logs.contents(base, base == 0 ? 0 : 3, last));
    }
  }

  /** The number of the last revision of which it said that it is stored. */
  private long appendUntilKilled(long acknowledged, int appends) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "-XX:TieredStopAtLevel=1",
                Appender.class.getName(),
                directory.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    long last = acknowledged;
    try (BufferedReader out = process.inputReader(StandardCharsets.US_ASCII)) {
      for (int i = 0; i < appends; i++) {
        last = Long.parseLong(String.valueOf(out.readLine()));
      }
      // Through its handle, which leaves open what it has said before it was killed.
      process.toHandle().destroyForcibly();
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        last = Long.parseLong(line);
      }
    } finally {
      process.destroyForcibly().waitFor();
    }
    return last;
  }

  private Contents read() throws IOException {
    try (LogFile log = new LogFile(Disk.REAL, directory)) {
      Contents contents = log.read().orElseThrow();
      new EndMark(Disk.REAL, directory, Logs.SEALER).check(log);
      return contents;
    }
  }
}
