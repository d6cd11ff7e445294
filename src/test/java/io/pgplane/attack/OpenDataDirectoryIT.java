package io.pgplane.attack;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.testkit.ClientTool;
import io.pgplane.testkit.PgplaneProcess;
import io.pgplane.testkit.PgplaneProcess.Way;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.Setup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Another user of the machine, who has laid out the data directory or can enter it. */
class OpenDataDirectoryIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"rwxr-x--x", "rwx---r--"})
  void noMemberStartsWhereOthersCanEnter(String rights) throws Exception {
    Path data = Files.createDirectory(directory.resolve("data"));
    Files.setPosixFilePermissions(data, PosixFilePermissions.fromString(rights));

    assertThat(refusal(data)).contains("other users of this machine can enter it: chmod o-rwx");
  }

  @Test
  void noMemberStartsInTheDirectoryOfAnotherUser() throws Exception {
    Path data = Files.createDirectory(directory.resolve("data"));
    try {
      Files.setAttribute(data, "unix:uid", 65_534);
    } catch (IOException e) {
      throw ClientTool.skipped("only root may give a directory away: " + e.getMessage());
    }

    assertThat(refusal(data)).contains("it belongs to user ");
  }

  private String refusal(Path data) throws IOException, InterruptedException {
    String more =
        "cluster: { secret: \"a secret of this test alone\" }\nstore: { type: file, path: \""
            + data
            + "\" }\n";
    try (PgplaneProcess pgplane =
        PgplaneProcess.starting(Setup.on(Version.NEWEST), directory, Way.USUAL.more(more))) {
      assertThat(pgplane.exitCode(PATIENCE)).isNotZero();
      assertThat(data).isEmptyDirectory();
      return pgplane.log();
    }
  }
}
