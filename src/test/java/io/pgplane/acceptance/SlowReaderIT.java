package io.pgplane.acceptance;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.testkit.Message;
import io.pgplane.testkit.Packets;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ProxyFixture;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.ScriptedClient;
import io.pgplane.testkit.Setup;
import io.pgplane.topology.Timeout;
import io.pgplane.topology.Timeouts;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A result of 14,000 rows of 1 kB reaches a client that takes 45 seconds to read it. All of it fits
 * into the buffers on the way, so the server is done, and has closed, long before.
 */
class SlowReaderIT {
  private static final int ROWS = 14_000;
  private static final int BYTES_A_SECOND = 300_000;
  private static final String RESULT =
      "SELECT repeat('x', 1000) FROM generate_series(1, " + ROWS + ")";

  @RegisterExtension final ProxyFixture fixture = new ProxyFixture();

  @Test
  void getsAllOfALargeResultWhateverItHasSaidMeanwhile() throws Exception {
    Setup setup = Setup.on(Version.NEWEST);
    setup.timeouts(Timeouts.DEFAULTS.with(Timeout.IDLE, Duration.ofSeconds(3)));
    Proxy proxy = fixture.start(setup);
    List<Callable<String>> clients =
        List.of(
            () -> reads(proxy, false, client -> client.send(Packets.terminate())),
            () -> reads(proxy, true, client -> client.send(Packets.terminate())),
            () -> reads(proxy, false, ScriptedClient::shutdownOutput),
            () -> reads(proxy, false, client -> {}),
            () -> reads(proxy, true, client -> {}),
            () -> psql(proxy));
    ExecutorService readers = Executors.newFixedThreadPool(clients.size());
    try {
      List<String> results = new ArrayList<>();
      for (Future<String> result : readers.invokeAll(clients, 150, TimeUnit.SECONDS)) {
        results.add(result.get());
      }
      String all = ROWS + " rows";
      assertThat(results).containsExactly(all, all, all, all + ", 57P05", all + ", 57P05", all);
    } finally {
      readers.shutdownNow();
    }
  }

  /** The process must end, and its operator has said when. */
  @Test
  void losesTheRestTenSecondsAfterTheDeadlineOfADrain() throws Exception {
    Setup setup = Setup.on(Version.NEWEST);
    setup.timeouts(Timeouts.DEFAULTS.with(Timeout.DRAIN, Duration.ofSeconds(1)));
    Proxy proxy = fixture.start(setup);
    ExecutorService reader = Executors.newSingleThreadExecutor();
    try (ScriptedClient client = proxy.connect()) {
      proxy.login(client);
      client.send(Packets.query(RESULT)).expect('T');
      Future<Integer> rows = reader.submit(() -> rows(client));

      Proxy.result(proxy.pgplane().drain());

      assertThat(rows.get(60, TimeUnit.SECONDS)).isPositive().isLessThan(ROWS);
    } finally {
      reader.shutdownNow();
    }
  }

  /**
   * The session ends while some of the result is still in pgplane itself; where that is depends on
   * the buffers of the system, so several clients become slow at several places.
   */
  @Test
  void getsAllOfAResultThatItBeginsToReadSlowlyAtItsEnd() throws Exception {
    Proxy proxy = fixture.start(Setup.on(Version.NEWEST));
    List<Callable<Integer>> clients = new ArrayList<>();
    for (int left = 3_500; left <= 5_500; left += 500) {
      int slowFrom = ROWS - left;
      clients.add(() -> slowFrom(proxy, false, slowFrom));
      clients.add(() -> slowFrom(proxy, true, slowFrom));
    }
    ExecutorService readers = Executors.newFixedThreadPool(clients.size());
    try {
      for (Future<Integer> rows : readers.invokeAll(clients, 90, TimeUnit.SECONDS)) {
        assertThat(rows.get()).isEqualTo(ROWS);
      }
    } finally {
      readers.shutdownNow();
    }
  }

  /** Reads a row each 30 ms for 13 seconds from this row on, and else as fast as it can. */
  private static int slowFrom(Proxy proxy, boolean tls, int slowFrom) throws IOException {
    try (ScriptedClient client = ScriptedClient.connect(proxy.host(), proxy.port(), 65_536)) {
      if (tls) {
        client.startTls("postgresql");
      }
      proxy.login(client);
      client.send(Packets.query(RESULT), Packets.terminate());
      int rows = 0;
      long until = Long.MAX_VALUE;
      for (Message next = client.read(); next.type() != 'Z'; next = client.read()) {
        rows += next.type() == 'D' ? 1 : 0;
        if (rows == slowFrom) {
          until = System.nanoTime() + TimeUnit.SECONDS.toNanos(13);
        }
        if (rows >= slowFrom && System.nanoTime() - until < 0) {
          LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(30));
        }
      }
      return rows;
    }
  }

  private interface Step {
    void on(ScriptedClient client) throws IOException;
  }

  /** A client without Terminate is idle in the end, and not before it has read all of it. */
  private static String reads(Proxy proxy, boolean tls, Step behind) throws IOException {
    try (ScriptedClient client = proxy.connect()) {
      if (tls) {
        client.startTls("postgresql");
      }
      proxy.login(client);
      behind.on(client.send(Packets.query(RESULT)));
      int rows = rows(client);
      String rest = new String(client.readToEnd(), US_ASCII);
      return rows + " rows" + (rest.contains("57P05") ? ", 57P05" : rest);
    }
  }

  /** Up to ReadyForQuery, or to the end of the connection. */
  private static int rows(ScriptedClient client) {
    Pace pace = new Pace();
    int rows = 0;
    try {
      for (Message next = client.read(); next.type() != 'Z'; next = client.read()) {
        rows += next.type() == 'D' ? 1 : 0;
        pace.read(next.body().length);
      }
    } catch (IOException e) {
      // Cut off.
    }
    return rows;
  }

  private static String psql(Proxy proxy) throws Exception {
    Process psql = proxy.tool("psql").start("-qAt", "-c", "COPY (" + RESULT + ") TO STDOUT");
    Pace pace = new Pace();
    long bytes = 0;
    byte[] piece = new byte[16 * 1024];
    InputStream out = psql.getInputStream();
    for (int count = out.read(piece); count >= 0; count = out.read(piece)) {
      bytes += count;
      pace.read(count);
    }
    return psql.waitFor() == 0 ? bytes / 1001 + " rows" : "psql failed after " + bytes + " bytes";
  }

  /** Reads no faster than this. */
  private static final class Pace {
    private final long began = System.nanoTime();
    private long bytes;

    void read(int count) {
      bytes += count;
      long due = began + bytes * TimeUnit.SECONDS.toNanos(1) / BYTES_A_SECOND;
      LockSupport.parkNanos(due - System.nanoTime());
    }
  }
}
