package io.pgplane.controlplane.health;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.pgplane.dataplane.fleet.Fleet.ServerView;
import io.pgplane.dataplane.fleet.Health;
import io.pgplane.testkit.Await;
import io.pgplane.testkit.OperatorLog;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ProxyFixture;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.ScriptedServer;
import io.pgplane.testkit.Setup;
import io.pgplane.topology.HealthCheck;
import io.pgplane.topology.Server;
import io.pgplane.topology.ServerTls;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

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
  void isDownIfThePasswordIsWrongAndSaysSoWithoutIt() {
    Proxy proxy =
        fixture.start(setup.backend(b -> b.with(check(login("a password that is wrong")))));

    awaitDown(proxy, "refuses the password");
    assertThat(log.lines(Level.DEBUG))
        .filteredOn(line -> line.contains("is down"))
        .hasSize(1)
        .allSatisfy(line -> assertThat(line).doesNotContain("a password that is wrong"));
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
  void comesBackOnceItLetsProbesInAgain() {
    Proxy proxy = fixture.start(setup.backend(b -> b.with(check(login(setup.password())))));
    Await.until("it is up", () -> health(proxy).status() == Health.Status.UP);

    setup.postgres().execute("ALTER ROLE \"" + setup.user() + "\" NOLOGIN");
    awaitDown(proxy, "is not permitted to log in");
    setup.postgres().execute("ALTER ROLE \"" + setup.user() + "\" LOGIN");

    Await.until("it is up again", () -> health(proxy).status() == Health.Status.UP);
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
  void stopsWhenTheConfigurationAsksForNoProbesAnyMore() {
    Proxy proxy = fixture.start(setup.backend(b -> b.with(check(login("wrong")))));
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
