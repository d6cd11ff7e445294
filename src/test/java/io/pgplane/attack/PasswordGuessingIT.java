package io.pgplane.attack;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.testkit.Packets;
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
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Wrong passwords, from one address and from very many, and those who suffer for them. */
class PasswordGuessingIT {
  private static final int ADDRESSES = Integer.getInteger("pgplane.attack.addresses", 150);
  private static final int GUESSES = Integer.getInteger("pgplane.attack.guesses", 600);
  private static final String CHECKED = "28P01";
  private static final String UNCHECKED = "28000";

  /** What FailedLogins lets pass of a user before the addresses wait for each other. */
  private static final int FREE_OF_USER = 100;

  private static final Setup SETUP = Setup.on(Version.NEWEST);

  @TempDir private static Path directory;

  private static PgplaneProcess pgplane;

  @BeforeAll
  static void start() throws Exception {
    pgplane = PgplaneProcess.start(SETUP, directory);
  }

  @AfterAll
  static void stop() {
    pgplane.close();
  }

  /** A pool behind the same NAT keeps a password that has changed. */
  @Test
  void aStalePasswordKeepsNoNeighbourOut() throws Exception {
    List<ScriptedClient> stale = new ArrayList<>();
    try {
      for (int i = 0; i < 40; i++) {
        stale.add(from("127.0.0.1").prove("stale", "wrong", SETUP.database()));
      }
      for (int i = 0; i < 40; i++) {
        try (ScriptedClient neighbour = from("127.0.0.1")) {
          pgplane.login(neighbour);
        }
      }
    } finally {
      for (ScriptedClient client : stale) {
        client.close();
      }
    }
  }

  @Test
  void manyAddressesGainFewGuessesAndKeepTheUserOutNowhere() throws Exception {
    Map<String, Integer> answers = new ConcurrentHashMap<>();
    long begin = System.nanoTime();
    ExecutorService attackers = Executors.newFixedThreadPool(16);
    try {
      List<Callable<Void>> guesses = new ArrayList<>();
      for (int i = 0; i < GUESSES; i++) {
        int one = i % ADDRESSES;
        guesses.add(
            () -> {
              answers.merge(guess("127.1." + (one >> 8) + "." + (one & 255)), 1, Integer::sum);
              return null;
            });
      }
      for (Future<Void> guess : attackers.invokeAll(guesses)) {
        guess.get();
      }
    } finally {
      attackers.shutdown();
    }
    long seconds = Duration.ofNanos(System.nanoTime() - begin).toSeconds();

    Duration waited = rightLogin("127.2.0.1");
    System.out.println(
        GUESSES + " guesses from " + ADDRESSES + " addresses in " + seconds + " s: " + answers);
    System.out.println("The user at a new address logged in within " + waited.toMillis() + " ms.");
    assertThat(answers.keySet()).isSubsetOf(CHECKED, UNCHECKED);
    assertThat(answers.get(CHECKED)).isLessThan(ADDRESSES + FREE_OF_USER + (int) seconds);
    assertThat(waited).isLessThan(Duration.ofSeconds(5));
  }

  /** Each of them would lock the address out, if it counted. */
  @Test
  void whatIsNoGuessCountsForNothing(@TempDir Path own) throws Exception {
    Setup setup = SETUP.again();
    String rules =
        """
        throttle: { lockOutAddress: after 4 }
        access:
          - { action: deny, users: [banned] }
          - { action: allow, databases: [safe], require: certificate }
          - { action: allow }
        """;
    try (PgplaneProcess process =
        PgplaneProcess.start(setup, own, PgplaneProcess.Way.USUAL.more(rules))) {
      for (int i = 0; i < 6; i++) {
        assertThat(answer(process, "banned", "wrong", "any")).isEqualTo("28000");
        assertThat(answer(process, setup.user(), "wrong", "safe")).isEqualTo("28000");
        assertThat(answer(process, setup.user(), setup.password(), "nowhere")).isEqualTo("3D000");
        leaveBeforeTheProof(process);
      }
      try (ScriptedClient client = process.connect()) {
        process.login(client);
      }
      for (int i = 0; i < 4; i++) {
        assertThat(answer(process, "user " + i, "wrong", "any")).isEqualTo(CHECKED);
      }
      assertThat(answer(process, setup.user(), setup.password(), "any")).isEqualTo("28000");
    }
  }

  private static String guess(String address) throws IOException {
    try (ScriptedClient client = from(address)) {
      return answer(client, SETUP.user(), "wrong", SETUP.database());
    }
  }

  private static Duration rightLogin(String address) throws IOException {
    long begin = System.nanoTime();
    try (ScriptedClient client = from(address)) {
      pgplane.login(client);
    }
    return Duration.ofNanos(System.nanoTime() - begin);
  }

  private static void leaveBeforeTheProof(PgplaneProcess process) throws IOException {
    try (ScriptedClient client = process.connect()) {
      client.send(Packets.startup("user", SETUP.user())).expect('R');
    }
  }

  private static String answer(
      PgplaneProcess process, String user, String password, String database) throws IOException {
    try (ScriptedClient client = process.connect()) {
      return answer(client, user, password, database);
    }
  }

  private static String answer(ScriptedClient client, String user, String password, String database)
      throws IOException {
    try {
      client.login(user, password, database);
      return "let in";
    } catch (RawLogin.Refused e) {
      return e.error().field('C');
    }
  }

  private static ScriptedClient from(String address) throws IOException {
    return ScriptedClient.connectFrom(address, "127.0.0.1", pgplane.port());
  }
}
