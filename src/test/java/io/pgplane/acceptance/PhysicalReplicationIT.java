package io.pgplane.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.testkit.Await;
import io.pgplane.testkit.ClientTool;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ProxyFixture;
import io.pgplane.testkit.Setup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class PhysicalReplicationIT {
  @RegisterExtension final ProxyFixture fixture = new ProxyFixture();
  @TempDir Path directory;

  @Test
  void takesABaseBackupWithItsLog() {
    Proxy proxy = start("pg_basebackup");
    Path backup = directory.resolve("backup");

    proxy
        .tool("pg_basebackup")
        .run("-D", backup.toString(), "-X", "stream", "-c", "fast", "--no-sync")
        .succeeded();

    assertThat(backup.resolve("PG_VERSION")).hasContent(major(proxy));
    assertThat(backup.resolve("backup_manifest")).isNotEmptyFile();
    // The tool checks every file against the manifest, and reads the log.
    ClientTool.require("pg_verifybackup").run(backup.toString(), "--no-parse-wal").succeeded();
  }

  @Test
  void receivesTheLogWhileItIsWritten() throws Exception {
    Proxy proxy = start("pg_receivewal");
    Path output = directory.resolve("output");

    Process receiver =
        proxy
            .tool("pg_receivewal")
            .start(output, "-D", directory.toString(), "--no-loop", "--no-sync", "-v");
    try {
      // Only what is switched away from counts as received.
      Await.until("a segment of the log is there", () -> switched(proxy) && hasSegment());
      // SIGINT is how it is told to stop.
      new ProcessBuilder("kill", "-INT", String.valueOf(receiver.pid())).start().waitFor();

      assertThat(receiver.waitFor(10, TimeUnit.SECONDS)).isTrue();
      assertThat(receiver.exitValue()).as(Files.readString(output)).isZero();
    } finally {
      receiver.destroyForcibly();
    }
  }

  private Proxy start(String tool) {
    Setup setup = Setup.on(ClientTool.require(tool).newestServer());
    setup.postgres().execute("ALTER ROLE " + setup.user() + " REPLICATION");
    return fixture.start(setup);
  }

  private static String major(Proxy proxy) {
    return String.valueOf(proxy.setup().postgres().version().major());
  }

  private static boolean switched(Proxy proxy) {
    proxy
        .setup()
        .postgres()
        .execute(
            "SELECT pg_logical_emit_message(false, 'test', 'written')", "SELECT pg_switch_wal()");
    return true;
  }

  private boolean hasSegment() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.anyMatch(file -> file.getFileName().toString().matches("[0-9A-F]{24}"));
    }
  }
}
