package io.pgplane.attack;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.config.ListenerTls;
import io.pgplane.config.TlsParameters;
import io.pgplane.testkit.PgplaneProcess;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.ScriptedClient;
import io.pgplane.testkit.Setup;
import io.pgplane.testkit.TlsWish;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Somebody who has stolen the key of session tickets reads the sessions that they resume. The key
 * opens tickets for two periods only, also where no reload changes it.
 */
class StolenTicketKeyIT {
  private static final Duration PERIOD = Duration.ofSeconds(3);
  private static final long PAUSE_NANOS = Duration.ofMillis(200).toNanos();

  @TempDir Path directory;

  private final TlsWish rare = TlsWish.with("postgresql");
  private final TlsWish frequent = TlsWish.with("postgresql");

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void opensTicketsForTwoPeriodsOnly(String version) throws Exception {
    rare.version(version);
    frequent.version(version);
    try (PgplaneProcess pgplane = PgplaneProcess.start(setup(), directory)) {
      long began = System.nanoTime();
      long first = sessionCreated(pgplane, rare);
      long before = sessionCreated(pgplane, frequent);

      while (System.nanoTime() - began < PERIOD.multipliedBy(2).plusMillis(500).toNanos()) {
        assertThat(sessionCreated(pgplane, frequent))
            .as("the session of a client that comes in each period")
            .isEqualTo(before);
        LockSupport.parkNanos(PAUSE_NANOS);
      }

      assertThat(sessionCreated(pgplane, rare)).as("a new session").isNotEqualTo(first);
    }
  }

  private static Setup setup() {
    Setup setup = Setup.on(Version.NEWEST);
    ListenerTls now = setup.listenerTls();
    TlsParameters defaults = TlsParameters.DEFAULTS;
    return setup.listenerTls(
        new ListenerTls(
            now.mode(),
            now.certificates(),
            now.clientCa(),
            new TlsParameters(
                defaults.minVersion(), defaults.ciphers(), defaults.curves(), PERIOD)));
  }

  /** When the session began that a login uses. */
  private static long sessionCreated(PgplaneProcess pgplane, TlsWish wish) throws IOException {
    try (ScriptedClient client = pgplane.connect()) {
      pgplane.login(client.startTls(wish));
      return client.sessionCreated();
    }
  }
}
