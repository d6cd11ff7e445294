package io.pgplane.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.testkit.Await;
import io.pgplane.testkit.Message;
import io.pgplane.testkit.Packets;
import io.pgplane.testkit.PgplaneProcess;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.ScriptedClient;
import io.pgplane.testkit.Setup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Back-pressure: whichever side is slow, pgplane holds the other one back rather than its bytes.
 * The process has 224 MB for heap and direct buffers together, far less than what passes through.
 */
@Timeout(180)
class BoundedMemoryIT {
  private static final String[] SMALL = {"-Xmx96m", "-XX:MaxDirectMemorySize=128m"};
  private static final long LIMIT = 256L << 20;
  private static final int ROW = 8_000;
  private static final int ROWS = (1 << 30) / ROW + 1;

  @TempDir Path directory;

  private final Setup setup = Setup.on(Version.NEWEST);

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void carriesOneGigabyteToAClientThatPauses(boolean tls) throws Exception {
    try (PgplaneProcess pgplane = PgplaneProcess.start(setup, directory, SMALL);
        ScriptedClient client = pgplane.connect()) {
      if (tls) {
        client.startTls("postgresql");
      }
      pgplane.login(client);
      long before = memory(pgplane, "VmRSS");

      client.send(
          Packets.query("SELECT repeat('x', " + ROW + ") FROM generate_series(1, " + ROWS + ")"));
      client.expect('T');
      // The server's own word that nobody takes what it has.
      Await.until("the server waits for us", this::isHeldBack);

      assertThat(readRows(client)).isEqualTo(ROWS);
      assertThat(memory(pgplane, "VmHWM") - before).isLessThan(LIMIT);
      assertThat(pgplane.log()).doesNotContain("OutOfMemory", "OutOfDirectMemory");
    }
  }

  @Test
  void holdsBackAClientThatSendsMoreThanTheServerTakes() throws Exception {
    int statements = 512;
    byte[] megabyte = Packets.query("SELECT 1 -- " + "x".repeat(1 << 20));
    try (PgplaneProcess pgplane = PgplaneProcess.start(setup, directory, SMALL);
        ScriptedClient client = pgplane.connect()) {
      pgplane.login(client);
      long before = memory(pgplane, "VmRSS");

      client.send(Packets.query("SELECT pg_sleep(2)"));
      CompletableFuture<Void> sender =
          CompletableFuture.runAsync(() -> send(client, megabyte, statements));
      for (int i = 0; i <= statements; i++) {
        assertThat(client.readUntil('Z')).extracting(Message::type).doesNotContain('E');
      }

      sender.get(10, TimeUnit.SECONDS);
      assertThat(memory(pgplane, "VmHWM") - before).isLessThan(LIMIT);
      assertThat(pgplane.log()).doesNotContain("OutOfMemory", "OutOfDirectMemory");
    }
  }

  private static void send(ScriptedClient client, byte[] packet, int times) {
    try {
      for (int i = 0; i < times; i++) {
        client.send(packet);
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static int readRows(ScriptedClient client) throws IOException {
    int rows = 0;
    Message message = client.read();
    while (message.type() == 'D') {
      rows++;
      message = client.read();
    }
    assertThat(message.type()).as("%s", message).isEqualTo('C');
    return rows;
  }

  private boolean isHeldBack() {
    return setup
        .postgres()
        .query("SELECT wait_event FROM pg_stat_activity WHERE usename = '" + setup.user() + "'")
        .equals("ClientWrite");
  }

  /** Nothing where the system does not tell; the two limits of the JVM hold there too. */
  private static long memory(PgplaneProcess pgplane, String key) throws IOException {
    return Files.isDirectory(Path.of("/proc/self")) ? pgplane.status(key) : 0;
  }
}
