package io.pgplane.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.pgplane.testkit.Await;
import io.pgplane.testkit.BackendKey;
import io.pgplane.testkit.Packets;
import io.pgplane.testkit.PgplaneProcess;
import io.pgplane.testkit.PgplaneProcess.Way;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.ScriptedClient;
import io.pgplane.testkit.Setup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Connections come, say little, and end, faster than event loops can take them over. */
class ConnectionFloodIT {
  private static final int HANDSHAKES = 500;
  private static final int THREADS = 3;
  private static final Duration LASTS = Duration.ofSeconds(8);
  private static final int ADDRESSES = 20;

  /** Those that wait for an event loop, and those of which an event loop has yet to see the end. */
  private static final int OTHERS = 1_000;

  private final AtomicInteger sent = new AtomicInteger();
  private volatile boolean over;

  @Test
  void pilesUpNoConnectionsBeforeTheLimitOfHandshakes(@TempDir Path directory) throws Exception {
    assumeTrue(Files.isDirectory(Path.of("/proc/self/fd")), "/proc/PID/fd is needed (Linux)");
    Way way =
        Way.USUAL
            .options(List.of("-Xmx192m", "-XX:+ExitOnOutOfMemoryError"))
            .more("limits: { handshakes: " + HANDSHAKES + " }\n");
    try (PgplaneProcess pgplane = PgplaneProcess.start(Setup.on(Version.NEWEST), directory, way)) {
      pgplane.jdbc().close(); // loads classes
      int before = pgplane.descriptors().size();
      List<Thread> attack = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        attack.add(new Thread(() -> flood(pgplane.port()), "attack"));
      }
      attack.forEach(Thread::start);
      int most = 0;
      for (long end = System.nanoTime() + LASTS.toNanos(); System.nanoTime() < end; ) {
        most = Math.max(most, pgplane.descriptors().size());
      }
      over = true;
      for (Thread one : attack) {
        one.join();
      }

      assertThat(sent.get()).as("connections").isGreaterThan(HANDSHAKES + OTHERS);
      assertThat(most).isLessThan(HANDSHAKES + OTHERS);
      pgplane.jdbc().close();
      Await.until(
          "all are closed",
          Duration.ofMinutes(1),
          () -> pgplane.descriptors().size() <= before + 10);
    }
  }

  private void flood(int port) {
    byte[] request = Packets.cancelRequest(new BackendKey(1, new byte[4]));
    for (int i = 0; !over; i++) {
      String from = "127.0.51." + (1 + i % ADDRESSES);
      try (ScriptedClient client = ScriptedClient.connectFrom(from, "127.0.0.1", port)) {
        client.send(request);
        sent.incrementAndGet();
      } catch (IOException e) {
        // It was closed.
      }
    }
  }
}
