package io.pgplane.controlplane.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgplane.launch.Ports;
import io.pgplane.testkit.Await;
import io.pgplane.testkit.OneCluster;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ProxyFixture;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.Setup;
import io.pgplane.topology.Balancing;
import io.pgplane.topology.Server;
import io.pgplane.topology.Timeouts;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Real logins at three members that share a limit. */
@ExtendWith(OneCluster.class)
class SharedLimitIT {
  private static final int MOST = 10;

  @RegisterExtension final ProxyFixture fixture = new ProxyFixture();

  private final LeaseMembers members = new LeaseMembers(3, Duration.ofMinutes(5));
  private final ExecutorService clients = Executors.newCachedThreadPool();
  private final List<Leases> leases = new ArrayList<>();
  private final Setup setup = Setup.on(Version.NEWEST);

  /** What has the limit. */
  enum Limited {
    ROUTE,
    BACKEND,
    SERVER;

    Setup in(Setup setup) {
      return switch (this) {
        case ROUTE ->
            setup.bounded(
                UnaryOperator.identity(), route -> route.bounded(MOST, Timeouts.DEFAULTS));
        case BACKEND -> setup.backend(backend -> backend.with(Balancing.DEFAULTS.limitedTo(MOST)));
        case SERVER ->
            setup.servers(
                new Server(setup.postgres().host(), setup.postgres().port()).limitedTo(MOST));
      };
    }
  }

  @BeforeEach
  void form() {
    for (int i = 0; i < 3; i++) {
      leases.add(members.start(i).leases());
    }
  }

  @AfterEach
  void stop() throws InterruptedException {
    clients.shutdown();
    assertThat(clients.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
    members.close();
  }

  @ParameterizedTest
  @EnumSource
  void servesAStormWithoutEverExceedingTheLimit(Limited limited) throws Exception {
    List<Proxy> proxies = start(limited.in(setup));
    List<Future<?>> storm = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      Proxy proxy = proxies.get(i % 3);
      storm.add(clients.submit(() -> sleep(proxy)));
    }

    int highest = 0;
    while (!storm.stream().allMatch(Future::isDone)) {
      highest = Math.max(highest, asleep());
    }

    for (Future<?> client : storm) {
      client.get(60, TimeUnit.SECONDS);
    }
    assertThat(highest).isBetween(2, MOST);
  }

  @Test
  void refusesAUserWhoseSessionsAreAtOtherMembers() throws Exception {
    List<Proxy> proxies =
        start(setup.bounded(user -> user.bounded(3, false), UnaryOperator.identity()));
    try (Connection first = proxies.get(0).jdbc();
        Connection second = proxies.get(1).jdbc()) {
      try (Connection third = proxies.get(2).jdbc()) {
        for (Proxy proxy : proxies) {
          assertThatThrownBy(proxy::jdbc)
              .isInstanceOfSatisfying(
                  SQLException.class,
                  refused -> assertThat(refused.getSQLState()).isEqualTo("53300"))
              .hasMessageContaining("too many connections for role \"" + setup.user() + "\"");
        }
        assertThat(third.isValid(5)).isTrue();
      }
      Await.until("the place is free for any member", () -> isWelcome(proxies.get(0)));
      assertThat(first.isValid(5) && second.isValid(5)).isTrue();
    }
  }

  private List<Proxy> start(Setup limited) {
    return leases.stream()
        .map(shares -> fixture.start(limited, Ports.alone().sharing(shares)))
        .toList();
  }

  private static boolean isWelcome(Proxy proxy) {
    try (Connection next = proxy.jdbc()) {
      return next.isValid(5);
    } catch (SQLException e) {
      return false;
    }
  }

  private static boolean sleep(Proxy proxy) throws SQLException {
    try (Connection connection = proxy.jdbc();
        Statement statement = connection.createStatement()) {
      return statement.execute("SELECT pg_sleep(0.3)");
    }
  }

  /** Sessions that have ended may be listed for a moment; those that do something have not. */
  private int asleep() {
    return Integer.parseInt(
        setup
            .postgres()
            .query(
                "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND usename = '"
                    + setup.user()
                    + "'"));
  }
}
