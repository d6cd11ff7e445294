package io.pgplane.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.testkit.Await;
import io.pgplane.testkit.ClientTool;
import io.pgplane.testkit.PgplaneProcess;
import io.pgplane.testkit.RawLogin;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.ScriptedClient;
import io.pgplane.testkit.Setup;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The machine that pgplane runs on lacks something: no server is at fault. */
class LocalFaultIT {
  private static final int MORE_THAN_OPEN_A_CIRCUIT = 30;

  /** One second, and what a busy machine takes. */
  private static final Duration RECOVERY = Duration.ofSeconds(3);

  private static final Duration WHILE = Duration.ofSeconds(3);

  @TempDir private Path directory;

  private final ClientTool prlimit = ClientTool.require("prlimit", "util-linux");
  private final Setup setup = Setup.on(Version.NEWEST);
  private final List<ScriptedClient> idle = new ArrayList<>();
  private PgplaneProcess pgplane;

  @BeforeEach
  void start() throws IOException {
    pgplane = PgplaneProcess.start(setup, directory);
    // The first login loads what the others use.
    assertThat(outcome()).isEqualTo("logged in");
  }

  @AfterEach
  void stop() throws IOException {
    for (ScriptedClient client : idle) {
      client.close();
    }
    pgplane.close();
  }

  @Test
  void saysThatItIsOutOfDescriptorsAndBlamesNoServer() throws Exception {
    long begin = System.nanoTime();
    settle();
    int held = pgplane.descriptors().size() + 1;
    leave(2);
    idle.add(pgplane.connect());

    for (int i = 0; i < MORE_THAN_OPEN_A_CIRCUIT; i++) {
      Await.until("one is left for the client", () -> pgplane.descriptors().size() == held);
      assertThat(outcome())
          .isEqualTo(
              "57P03 pgplane cannot connect to a database server now: it is out of file"
                  + " descriptors");
    }
    leave(100);

    assertThat(outcome()).isEqualTo("logged in");
    assertThat(pgplane.log()).doesNotContain("circuit is open");
    long periods = Duration.ofNanos(System.nanoTime() - begin).toSeconds() / 10;
    assertThat(pgplane.log().lines().filter(line -> line.contains("cannot connect to")))
        .as("lines, one in ten seconds and how many more there were")
        .hasSizeBetween(1, 3 + 2 * (int) periods);
  }

  @Test
  void acceptsAgainOnceThereAreDescriptors() throws Exception {
    settle();
    int full = pgplane.descriptors().size() + 2;
    leave(2);
    for (int i = 0; i < 10; i++) {
      idle.add(pgplane.connect());
    }
    Await.until("it has no descriptor left", () -> pgplane.descriptors().size() == full);
    Duration before = pgplane.cpu();
    long begin = System.nanoTime();
    Await.until("3 s have gone by", () -> System.nanoTime() - begin > WHILE.toNanos());
    assertThat(pgplane.cpu().minus(before)).as("CPU").isLessThan(WHILE.dividedBy(2));
    assertThat(pgplane.log().lines().count()).as("lines").isLessThan(300);

    leave(100);

    Await.until("it accepts", RECOVERY, () -> outcome().equals("logged in"));
  }

  /** Waits until nothing is under way that has a file. */
  private void settle() throws IOException {
    AtomicReference<Set<Integer>> last = new AtomicReference<>(pgplane.descriptors());
    AtomicInteger same = new AtomicInteger();
    Await.until(
        "no file comes or goes",
        () -> {
          Set<Integer> now = pgplane.descriptors();
          same.set(now.equals(last.getAndSet(now)) ? same.get() + 1 : 0);
          return same.get() > 50;
        });
  }

  /**
   * The limit is a number that no descriptor may have. This number of descriptors below it shall be
   * free.
   */
  private void leave(int free) throws IOException {
    Set<Integer> open = pgplane.descriptors();
    int limit = 0;
    for (int left = free; left > 0 || open.contains(limit); limit++) {
      left -= open.contains(limit) ? 0 : 1;
    }
    prlimit.run("--pid", String.valueOf(pgplane.pid()), "--nofile=" + limit + ":").succeeded();
  }

  private String outcome() throws IOException {
    try (ScriptedClient client = pgplane.connect()) {
      pgplane.login(client);
      return "logged in";
    } catch (RawLogin.Refused refused) {
      return refused.error().field('C') + " " + refused.error().field('M');
    }
  }
}
