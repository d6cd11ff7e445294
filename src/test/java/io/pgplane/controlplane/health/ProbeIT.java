package io.pgplane.controlplane.health;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.pgplane.dataplane.fleet.Fleet.ServerView;
import io.pgplane.dataplane.fleet.Health;
import io.pgplane.testkit.Await;
import io.pgplane.testkit.Exposition;
import io.pgplane.testkit.OperatorLog;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ProxyFixture;
import io.pgplane.testkit.RealPostgres;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.ScriptedServer;
import io.pgplane.testkit.Setup;
import io.pgplane.topology.HealthCheck;
import io.pgplane.topology.Role;
import io.pgplane.topology.Server;
import io.pgplane.topology.ServerTls;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProbeIT {
  private static final Duration INTERVAL = Duration.ofMillis(50);
  private static final Duration TIMEOUT = Duration.ofMillis(300);

  @RegisterExtension final ProxyFixture fixture = new ProxyFixture();
  @RegisterExtension final OperatorLog log = new OperatorLog();

  private final Setup setup = Setup.on(Version.NEWEST);

  @ParameterizedTest
  @EnumSource(ServerTls.Mode.class)
  void seesThatAServerLivesWithoutAUserOfItsOwn(ServerTls.Mode mode) {
    Proxy proxy =
        fixture.start(setup.serverTls(mode).backend(b -> b.with(check(Optional.empty()))));

    Await.until("it is up", () -> health(proxy).status() == Health.Status.UP);

    assertThat(health(proxy).roles()).isEmpty();
  }

  @Test
  void seesThatAServerLivesThatHasNoTlsWhereItIsPreferred() {
    setup.postgres().refuseTls();
    try {
      Proxy proxy =
          fixture.start(
              setup.serverTls(ServerTls.Mode.PREFER).backend(b -> b.with(check(Optional.empty()))));

      Await.until("it is up", () -> health(proxy).status() == Health.Status.UP);
    } finally {
      setup.postgres().restoreTls();
    }
  }

  /** A server that answers is alive. */
  @Test
  void isUpIfThePasswordIsWrongAndSaysSoOnceWithoutIt() {
    Proxy proxy =
        fixture.start(setup.backend(b -> b.with(check(login("a password that is wrong")))));

    awaitRefusal(proxy, "refuses the password");
    assertThat(health(proxy).roles()).isEmpty();
    assertThat(metric(proxy, "pgplane_server_probe_refused")).isOne();
    awaitProbes(3);
    assertThat(log.lines(Level.WARN))
        .singleElement()
        .asString()
        .contains("stays usable (its role is not known)")
        .doesNotContain("a password that is wrong");
  }

  @Test
  void isDownIfItsCertificateIsNotGood() {
    Proxy proxy =
        fixture.start(
            setup
                .servers(new Server("127.0.0.2", setup.postgres().port()))
                .serverTls(ServerTls.Mode.VERIFY_FULL)
                .backend(b -> b.with(check(Optional.empty()))));

    Await.until("it is down", () -> health(proxy).status() == Health.Status.DOWN);
  }

  @Test
  void keepsItsRoleWhileItRefusesTheProbe() {
    Proxy proxy = fixture.start(setup.backend(b -> b.with(check(login(setup.password())))));
    Await.until("it is a primary", () -> health(proxy).toString().equals("up, a primary"));

    setup.postgres().execute("ALTER ROLE \"" + setup.user() + "\" NOLOGIN");
    awaitRefusal(proxy, "is not permitted to log in");
    assertThat(health(proxy)).hasToString("up, a primary");
    setup.postgres().execute("ALTER ROLE \"" + setup.user() + "\" LOGIN");

    Await.until("it refuses no more", () -> health(proxy).refused().isEmpty());
    assertThat(health(proxy)).hasToString("up, a primary");
  }

  /** Seen: it took all servers down. Aurora's readers lack one of them. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "pg_is_in_recovery",
        "pg_last_wal_receive_lsn",
        "pg_last_wal_replay_lsn",
        "pg_last_xact_replay_timestamp",
        "pg_stat_get_wal_receiver"
      })
  void losesOneAnswerWhereOneFunctionIsForbidden(String function) throws Exception {
    RealPostgres postgres = setup.postgres();
    String rights = "EXECUTE ON FUNCTION " + function + "() ";
    postgres.executeIn(setup.database(), "REVOKE " + rights + "FROM PUBLIC");
    try {
      Proxy proxy =
          fixture.start(
              setup
                  .role(function.equals("pg_is_in_recovery") ? Role.ANY : Role.PRIMARY)
                  .backend(b -> b.with(check(login(setup.password())))));

      awaitRefusal(proxy, function);
      assertThat(proxy.tool("psql").run("-XAtc", "SELECT 1").succeeded().out()).isEqualTo("1\n");
    } finally {
      postgres.executeIn(setup.database(), "GRANT " + rights + "TO PUBLIC");
    }
  }

  @Test
  void leavesNothingInTheServersLog(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("log");
    // The server runs as another user.
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
    Map<String, String> settings =
        Map.of(
            "logging_collector", "on",
            "log_directory", directory.toString(),
            "log_filename", "log",
            "log_file_mode", "0644");
    try (RealPostgres own = RealPostgres.startEmbedded(Version.NEWEST, settings)) {
      Setup quiet = Setup.on(own);
      Optional<HealthCheck.Login> nobody = Optional.empty();
      Optional<HealthCheck.Login> somebody =
          Optional.of(
              new HealthCheck.Login(quiet.user(), Optional.of(quiet.password()), quiet.database()));
      for (ServerTls.Mode mode : ServerTls.Mode.values()) {
        for (Optional<HealthCheck.Login> login : List.of(nobody, somebody)) {
          HealthCheck check = new HealthCheck(INTERVAL, Duration.ofSeconds(10), 2, 2, login);
          Proxy proxy = fixture.start(quiet.serverTls(mode).backend(b -> b.with(check)));
          Await.until("it is up", () -> health(proxy).status() == Health.Status.UP);
          // Not sooner: the end before this may have broken a probe off, which is logged late.
          String before = Files.readString(file);
          awaitProbes(5);

          // Before the end, which may break a probe off.
          assertThat(Files.readString(file).substring(before.length()))
              .as("%s, login %s", mode, login.isPresent())
              .isEmpty();
          fixture.stop();
        }
      }
    }
  }

  @Test
  void isDownIfNobodyListens() throws IOException {
    Proxy proxy =
        fixture.start(setup.servers(nobody()).backend(b -> b.with(check(Optional.empty()))));

    awaitDown(proxy, "refused");
  }

  @Test
  void neverHasTwoProbesAtOnceAndLeavesNoneBehind() throws Exception {
    AtomicInteger begun = new AtomicInteger();
    try (ScriptedServer silent = ScriptedServer.playing(client -> begun.incrementAndGet())) {
      Proxy proxy =
          fixture.start(
              setup.servers(silent.address()).backend(b -> b.with(check(login("secret")))));

      Await.until(
          "several have begun",
          () -> {
            // The server may see the end of one after the begin of the next.
            assertThat(silent.openConnections()).isLessThanOrEqualTo(2);
            return begun.get() > 5;
          });

      assertThat(health(proxy).reason()).contains("no answer within 300 ms");
    }
  }

  @Test
  void stopsWhenTheConfigurationAsksForNoProbesAnyMore() throws IOException {
    Proxy proxy =
        fixture.start(setup.servers(nobody()).backend(b -> b.with(check(login("wrong")))));
    Await.until("it is down", () -> health(proxy).status() == Health.Status.DOWN);

    Proxy.result(proxy.pgplane().reconfigure(setup.backend(b -> b).config()));

    Await.until("nothing is known", () -> health(proxy).status() == Health.Status.UNKNOWN);
  }

  /** On a busy machine a probe may find no time to find the reason out. */
  private static void awaitDown(Proxy proxy, String reason) {
    Await.until(
        "it is down: " + reason,
        () -> {
          Health health = health(proxy);
          return health.status() == Health.Status.DOWN && health.reason().contains(reason);
        });
  }

  private static void awaitRefusal(Proxy proxy, String reason) {
    Await.until(
        "it refuses: " + reason,
        () ->
            health(proxy).refused().orElse("").contains(reason)
                && health(proxy).status() == Health.Status.UP);
  }

  /** Lets this number of intervals pass. */
  private static void awaitProbes(int count) {
    long end = System.nanoTime() + INTERVAL.multipliedBy(count).toNanos();
    Await.until("probes have been made", () -> System.nanoTime() - end > 0);
  }

  private static double metric(Proxy proxy, String name) {
    return Exposition.parse(proxy.pgplane().meters().scrape()).sum(name);
  }

  /** A port that was free a moment ago. */
  private static Server nobody() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return new Server("localhost", socket.getLocalPort());
    }
  }

  private static Health health(Proxy proxy) {
    return proxy.pgplane().fleet().view().stream()
        .map(ServerView::health)
        .findFirst()
        .orElseThrow();
  }

  private Optional<HealthCheck.Login> login(String password) {
    return Optional.of(
        new HealthCheck.Login(setup.user(), Optional.of(password), setup.database()));
  }

  private static HealthCheck check(Optional<HealthCheck.Login> login) {
    return new HealthCheck(INTERVAL, TIMEOUT, 2, 2, login);
  }
}
