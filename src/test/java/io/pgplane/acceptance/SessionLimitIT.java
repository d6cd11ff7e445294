package io.pgplane.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgplane.config.Limits;
import io.pgplane.testkit.Await;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ProxyFixture;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.Setup;
import io.pgplane.topology.Server;
import io.pgplane.topology.Timeout;
import io.pgplane.topology.Timeouts;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Limits that refuse at once. Those that let wait are in {@link QueueIT}. */
class SessionLimitIT {
  @RegisterExtension final ProxyFixture fixture = new ProxyFixture();

  @Test
  void ofAUserIsToldAsPostgresDoes() throws Exception {
    Proxy proxy =
        fixture.start(
            Setup.on(Version.NEWEST)
                .bounded(user -> user.bounded(1, false), UnaryOperator.identity()));

    assertRefusesTheSecond(
        proxy, "FATAL: too many connections for role \"" + proxy.setup().user() + "\"");
  }

  @Test
  void ofAListener() throws Exception {
    Proxy proxy =
        fixture.start(
            Setup.on(Version.NEWEST).listener(listener -> listener.bounded(1, Timeouts.DEFAULTS)));

    assertRefusesTheSecond(proxy, "FATAL: too many connections for listener \"main\"");
  }

  @Test
  void ofTheMember() throws Exception {
    Proxy proxy = fixture.start(Setup.on(Version.NEWEST).limits(sessions(1, 0)));

    assertRefusesTheSecond(proxy, "FATAL: sorry, too many clients already");
  }

  @Test
  void ofAClientAddress() throws Exception {
    Proxy proxy = fixture.start(Setup.on(Version.NEWEST).limits(sessions(0, 1)));

    assertRefusesTheSecond(proxy, "FATAL: too many connections from address \"127.0.0.1\"");
  }

  @Test
  void ofARouteWhereNobodyMayWait() throws Exception {
    Proxy proxy =
        fixture.start(
            Setup.on(Version.NEWEST)
                .limits(queue(0))
                .bounded(UnaryOperator.identity(), route -> route.bounded(1, Timeouts.DEFAULTS)));

    assertRefusesTheSecond(proxy, "FATAL: too many connections for route \"all\"");
  }

  @Test
  void ofAServerWhereNobodyMayWait() throws Exception {
    Setup setup = Setup.on(Version.NEWEST).limits(queue(0));
    Proxy proxy =
        fixture.start(
            setup.servers(
                new Server(setup.postgres().host(), setup.postgres().port()).limitedTo(1)));

    assertRefusesTheSecond(proxy, "FATAL: too many connections for backend \"db\"");
  }

  @Test
  void leavesAReserveToSuperusersAndNoMore() throws Exception {
    Proxy proxy =
        fixture.start(
            Setup.on(Version.NEWEST)
                .limits(sessions(1, 0))
                .bounded(user -> user.bounded(1, true), UnaryOperator.identity()));

    try (Connection first = proxy.jdbc()) {
      assertRefusesTheSecond(proxy, "FATAL: sorry, too many clients already");
      assertThat(first.isValid(5)).isTrue();
    }
  }

  @Test
  void doesNotCountThoseWhoHaveNotProvedWhoTheyAre() throws Exception {
    Proxy proxy =
        fixture.start(
            Setup.on(Version.NEWEST)
                .limits(sessions(1, 0))
                .timeouts(Timeouts.DEFAULTS.with(Timeout.LOGIN, Duration.ofSeconds(20))));

    try (var silent = proxy.connect();
        Connection known = proxy.jdbc()) {
      assertThat(known.isValid(5)).isTrue();
      assertThat(proxy.pgplane().handshakes()).isEqualTo(1);
      silent.reset();
    }
  }

  /** One more may come as soon as one has gone. */
  private static void assertRefusesTheSecond(Proxy proxy, String message) throws SQLException {
    try (Connection first = proxy.jdbc()) {
      assertThatThrownBy(proxy::jdbc)
          .isInstanceOfSatisfying(
              SQLException.class,
              refused -> {
                assertThat(refused.getSQLState()).isEqualTo("53300");
                assertThat(refused.getMessage()).startsWith(message);
              });
      assertThat(first.isValid(5)).isTrue();
    }
    Await.until("its place is free", () -> isWelcome(proxy));
  }

  private static boolean isWelcome(Proxy proxy) {
    try (Connection next = proxy.jdbc()) {
      return next.isValid(5);
    } catch (SQLException e) {
      return false;
    }
  }

  private static Limits sessions(int inAll, int perAddress) {
    return new Limits(100, 100, 5, inAll, perAddress, 1, 10);
  }

  private static Limits queue(int length) {
    return new Limits(100, 100, 5, 0, 0, 1, length);
  }
}
