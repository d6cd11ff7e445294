package io.pgplane.attack;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.testkit.Packets;
import io.pgplane.testkit.PgplaneProcess;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.ScriptedClient;
import io.pgplane.testkit.Setup;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Fifty addresses open connections all the time and do not log in; others must still get in. */
class HandshakeFloodIT {
  private static final int ADDRESSES = 50;

  /** More than there may be at a time by default. */
  private static final int HELD = 7_500;

  private static final int LOGINS = 200;
  private static final Duration IN_TIME = Duration.ofSeconds(2);

  /** Between two attacking connections. */
  private static final long PAUSE_NANOS = Duration.ofNanos(200_000).toNanos();

  private final Setup setup = Setup.on(Version.NEWEST);
  private final AtomicInteger opened = new AtomicInteger();

  @TempDir Path directory;

  private volatile boolean over;

  @Test
  void keepsNoHonestClientOut() throws Exception {
    try (PgplaneProcess pgplane = PgplaneProcess.start(setup, directory)) {
      pgplane.jdbc().close(); // loads classes
      Attack attack = new Attack(pgplane.port());
      attack.open(HELD);
      Thread going = new Thread(attack, "attack");
      going.start();

      int inTime = 0;
      for (int i = 0; i < LOGINS; i++) {
        inTime += logsInInTime(pgplane) ? 1 : 0;
      }
      over = true;
      going.join();
      attack.close();

      assertThat(inTime).as("logins within " + IN_TIME).isGreaterThanOrEqualTo(LOGINS * 99 / 100);
    }
  }

  private static boolean logsInInTime(PgplaneProcess pgplane) {
    long began = System.nanoTime();
    try {
      pgplane.jdbc().close();
      return System.nanoTime() - began < IN_TIME.toNanos();
    } catch (SQLException e) {
      return false;
    }
  }

  /** Some say nothing, some ask for TLS, and some begin a login. */
  private final class Attack implements Runnable {
    private final int port;
    private final Deque<ScriptedClient> held = new ArrayDeque<>();

    Attack(int port) {
      this.port = port;
    }

    void open(int connections) throws IOException {
      for (int i = 0; i < connections; i++) {
        int number = opened.getAndIncrement();
        ScriptedClient client =
            ScriptedClient.connectFrom("127.0.50." + (1 + number % ADDRESSES), "127.0.0.1", port);
        held.add(client);
        try {
          switch (number / ADDRESSES % 3) {
            case 1 -> client.send(Packets.sslRequest());
            case 2 -> client.send(Packets.startup("user", setup.user()));
            default -> {}
          }
        } catch (IOException e) {
          // It was closed.
        }
        if (held.size() > HELD) {
          held.remove().close();
        }
      }
    }

    @Override
    public void run() {
      while (!over) {
        try {
          open(1);
        } catch (IOException e) {
          throw new IllegalStateException(e);
        }
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }

    void close() throws IOException {
      for (ScriptedClient client : held) {
        client.close();
      }
    }
  }
}
