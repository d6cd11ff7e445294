package io.pgplane.acceptance;

import static io.pgplane.testkit.ServerPackets.error;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.dataplane.fleet.Health;
import io.pgplane.protocol.scram.Scram;
import io.pgplane.testkit.Await;
import io.pgplane.testkit.Certificates.Issued;
import io.pgplane.testkit.Certificates.KeyType;
import io.pgplane.testkit.ClientTool;
import io.pgplane.testkit.ClientTool.Result;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ProxyFixture;
import io.pgplane.testkit.RealPostgres.Auth;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.ScriptedServer;
import io.pgplane.testkit.Setup;
import io.pgplane.topology.CircuitRule;
import io.pgplane.topology.HealthCheck;
import io.pgplane.topology.ServerTls.Mode;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares pgplane with libpq 18 at a server that refuses logins over TLS. */
class PreferredTlsIT {
  private static final String OVER_TLS = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";

  @RegisterExtension final ProxyFixture fixture = new ProxyFixture();

  private final Setup setup = Setup.on(Version.NEWEST).serverTls(Mode.PREFER);

  @ParameterizedTest
  @EnumSource
  void logsInInClearWhereTheServerTakesNoLoginsOverTls(Mode mode) {
    setup.postgres().ask(setup.user(), Auth.SCRAM_IN_CLEAR);
    Proxy proxy = fixture.start(setup.serverTls(mode));

    Result direct = libpq(mode, setup.postgres().port());
    Result through = through(proxy);

    assertThat(through.out()).isEqualTo(direct.out());
    assertThat(through.exit()).isEqualTo(direct.exit());
    assertThat(through.out()).isEqualTo(mayBeClear(mode) ? "f\n" : "");
    assertThat(proxy.pgplane().fleet().view().get(0).circuit()).isEmpty();
  }

  /** libpq shows both errors; pgplane can pass on one, and that is the last. */
  @Test
  void showsTheLastErrorWhereTheServerRefusesBoth() {
    setup.postgres().ask(setup.user(), Auth.SCRAM_VERIFY_CA);
    Proxy proxy = fixture.start(setup);

    List<String> direct = fatal(libpq(Mode.PREFER, setup.postgres().port()));
    List<String> through = fatal(through(proxy));

    assertThat(direct).hasSize(2);
    assertThat(through).containsExactly(direct.get(1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"28000", "08P01", "53300", "57P03"})
  void triesAgainAsLibpqDoes(String sqlState) throws Exception {
    List<Boolean> clear = new CopyOnWriteArrayList<>();
    Issued shown =
        setup.postgres().authority().server("prefer", KeyType.EC_P256, "localhost", "127.0.0.1");
    try (ScriptedServer refusing =
        ScriptedServer.playing(
            client -> {
              boolean encrypted = client.firstPacket().length == Integer.BYTES;
              if (encrypted) {
                client.send("S".getBytes(US_ASCII)).startTls(shown).firstPacket();
              }
              clear.add(!encrypted);
              client.send(error("SFATAL", "VFATAL", "C" + sqlState, "Mno")).close();
            })) {
      libpq(Mode.PREFER, refusing.address().port());
      List<Boolean> byLibpq = List.copyOf(clear);
      clear.clear();
      through(
          fixture.start(
              setup
                  .servers(refusing.address())
                  .backend(
                      b -> b.with(new CircuitRule(0, Duration.ofDays(1), Duration.ofDays(1))))));

      assertThat(clear).isEqualTo(byLibpq);
    }
  }

  /** A refused proof is refused by whatever way it comes: libpq would fail twice. */
  @Test
  void sendsAProofThatTheServerRefusesOnce() {
    String other =
        Scram.verifierOf("another".toCharArray(), Scram.DEFAULT_ITERATIONS, new SecureRandom())
            .text();
    setup.postgres().execute("ALTER ROLE " + setup.user() + " PASSWORD '" + other + "'");
    assertThat(fatal(libpq(Mode.PREFER, setup.postgres().port()))).hasSize(2);
    Proxy proxy = fixture.start(setup);

    assertThat(fatal(through(proxy)))
        .singleElement()
        .asString()
        .contains("another password verifier");
  }

  @Test
  void probesInClearToo() {
    setup.postgres().ask(setup.user(), Auth.SCRAM_IN_CLEAR);
    Duration often = Duration.ofMillis(100);
    HealthCheck check =
        new HealthCheck(
            often,
            Duration.ofSeconds(5),
            1,
            1,
            Optional.of(
                new HealthCheck.Login(
                    setup.user(), Optional.of(setup.password()), setup.database())));
    Proxy proxy = fixture.start(setup.backend(b -> b.with(check)));

    Await.until("it is a primary", () -> health(proxy).toString().equals("up, a primary"));
    assertThat(health(proxy).refused()).isEmpty();
  }

  private static Health health(Proxy proxy) {
    return proxy.pgplane().fleet().view().get(0).health();
  }

  private static boolean mayBeClear(Mode mode) {
    return mode == Mode.DISABLE || mode == Mode.PREFER;
  }

  private Result libpq(Mode mode, int port) {
    return psql()
        .to("localhost", port, setup.database())
        .as(setup.user(), setup.password())
        .env("PGSSLMODE", mode.name().toLowerCase(Locale.ROOT).replace('_', '-'))
        .env("PGSSLROOTCERT", setup.postgres().authority().ca().toString())
        .run("-XAtc", OVER_TLS);
  }

  private static Result through(Proxy proxy) {
    return proxy.with(psql()).run("-XAtc", OVER_TLS);
  }

  private static ClientTool psql() {
    return ClientTool.require("psql").libpq(Version.NEWEST);
  }

  private static List<String> fatal(Result result) {
    return result
        .err()
        .lines()
        .filter(line -> line.contains("FATAL:"))
        .map(line -> line.substring(line.indexOf("FATAL:")))
        .toList();
  }
}
