package io.pgplane.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.testkit.Await;
import io.pgplane.testkit.Message;
import io.pgplane.testkit.Packets;
import io.pgplane.testkit.PgplaneProcess;
import io.pgplane.testkit.RawLogin;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.ScriptedClient;
import io.pgplane.testkit.Setup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReloadIT {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir Path directory;

  private final Setup first = Setup.on(Version.NEWEST);
  private final Setup second = Setup.on(Version.NEWEST);

  @Test
  void letsANewUserInAndLeavesRunningSessionsAlone() throws Exception {
    try (PgplaneProcess pgplane = PgplaneProcess.start(first, directory);
        ScriptedClient running = pgplane.connect()) {
      pgplane.login(running);
      assertThat(letsIn(pgplane, second)).isFalse();

      String more = Files.readString(pgplane.configuration()) + second.yamlUser() + "\n";
      Files.writeString(pgplane.configuration(), more);

      Await.until("the new user is let in", PATIENCE, () -> letsIn(pgplane, second));
      running.send(Packets.query("SELECT 1"));
      assertThat(running.readUntil('Z')).extracting(Message::type).doesNotContain('E');
    }
  }

  @Test
  void refusesABadFileAsAWholeAndSaysWhy() throws Exception {
    try (PgplaneProcess pgplane = PgplaneProcess.start(first, directory)) {
      String good = Files.readString(pgplane.configuration());

      Files.writeString(
          pgplane.configuration(),
          good.replace("backend: db", "bakcend: db") + second.yamlUser() + "\n");

      Await.until("the problem is told", PATIENCE, () -> pgplane.log().contains("bakcend"));
      assertThat(letsIn(pgplane, first)).isTrue();
      assertThat(letsIn(pgplane, second)).isFalse();

      Files.writeString(pgplane.configuration(), good + second.yamlUser() + "\n");
      Await.until("the new user is let in", PATIENCE, () -> letsIn(pgplane, second));
    }
  }

  @Test
  void warnsOnceOfWhatCheckWarnsOf() throws Exception {
    try (PgplaneProcess pgplane = PgplaneProcess.start(first, directory)) {
      String unused =
          """
          backends:
            - { name: spare, servers: [{ host: localhost }] }
            - { name: more, servers: [{ host: localhost }] }
          """;
      String file = Files.readString(pgplane.configuration());
      assertThat(pgplane.log()).doesNotContain("WARN  Warnings");

      Files.writeString(pgplane.configuration(), file.replace("backends:\n", unused));
      Await.until("both are logged", PATIENCE, () -> warnings(pgplane).size() == 2);
      Files.writeString(
          pgplane.configuration(), file.replace("backends:\n", unused.replace("more", "others")));
      Await.until("the change is taken", PATIENCE, () -> reloads(pgplane) == 2);

      assertThat(warnings(pgplane))
          .satisfiesExactly(
              line -> assertThat(line).endsWith("backends[0].name: no route leads to this backend"),
              line ->
                  assertThat(line).endsWith("backends[1].name: no route leads to this backend"));
    }
  }

  private static List<String> warnings(PgplaneProcess pgplane) {
    return pgplane.log().lines().filter(line -> line.contains("WARN  Warnings")).toList();
  }

  private static long reloads(PgplaneProcess pgplane) {
    return pgplane.log().lines().filter(line -> line.contains("configuration reloaded")).count();
  }

  private static boolean letsIn(PgplaneProcess pgplane, Setup setup) throws IOException {
    try (ScriptedClient client = pgplane.connect()) {
      client.login(setup.user(), setup.password(), setup.database());
      return true;
    } catch (RawLogin.Refused e) {
      assertThat(e.error().field('C')).isEqualTo("28P01");
      return false;
    }
  }
}
