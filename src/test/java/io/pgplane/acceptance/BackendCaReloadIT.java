package io.pgplane.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.testkit.Await;
import io.pgplane.testkit.Certificates;
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
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The authorities of a backend are renewed, under a configuration that stays as it is. */
class BackendCaReloadIT {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir Path directory;

  private final Setup setup = Setup.on(Version.NEWEST);

  @Test
  void holdsForNewLoginsAndLeavesRunningSessionsAlone() throws Exception {
    Path right = mount("..1", setup.postgres().authority().ca());
    Path others = Files.createDirectory(directory.resolve("others"));
    Path wrong = mount("..2", Certificates.in(others).ca());
    Path data = Files.createSymbolicLink(directory.resolve("..data"), right);
    Path ca = Files.createSymbolicLink(directory.resolve("ca.crt"), Path.of("..data/ca.crt"));
    setup.serverCa(ca);
    try (PgplaneProcess pgplane = PgplaneProcess.start(setup, directory);
        ScriptedClient running = pgplane.connect()) {
      pgplane.login(running);

      swap(data, wrong);
      Await.until("the server is not trusted", PATIENCE, () -> !logsIn(pgplane));
      swap(data, right);
      Await.until("it is again", PATIENCE, () -> logsIn(pgplane));

      running.send(Packets.query("SELECT 1"));
      assertThat(running.readUntil('Z')).extracting(Message::type).doesNotContain('E');
    }
  }

  private static boolean logsIn(PgplaneProcess pgplane) throws IOException {
    try (ScriptedClient client = pgplane.connect()) {
      pgplane.login(client);
      return true;
    } catch (RawLogin.Refused e) {
      // The second one as soon as so many have failed that the server is left alone.
      assertThat(e.error().field('C')).isIn("08006", "57P03");
      return false;
    }
  }

  private Path mount(String name, Path ca) throws IOException {
    Path secret = Files.createDirectory(directory.resolve(name));
    Files.copy(ca, secret.resolve("ca.crt"));
    return secret.getFileName();
  }

  private void swap(Path data, Path secret) throws IOException {
    Path next = Files.createSymbolicLink(directory.resolve("..data_tmp"), secret);
    Files.move(next, data, StandardCopyOption.ATOMIC_MOVE);
  }
}
