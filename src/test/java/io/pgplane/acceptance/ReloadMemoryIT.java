package io.pgplane.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.pgplane.testkit.ReloadSoak;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The short form of {@code make soak}. */
class ReloadMemoryIT {
  @TempDir Path directory;

  @Test
  void reloadsThatRenewAllTlsFilesKeepNothingOfThoseBefore() throws Exception {
    assumeTrue(Files.exists(Path.of("/proc/self/status")), "/proc is needed (Linux)");
    try (ReloadSoak soak = new ReloadSoak(directory)) {
      assertThat(soak.run(15, 60, 1)).isEmpty();
    }
  }
}
