package io.pgplane.controlplane.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.dataplane.fleet.Pick;
import io.pgplane.dataplane.fleet.Pool;
import io.pgplane.dataplane.fleet.Seat;
import io.pgplane.dataplane.fleet.ServerState;
import io.pgplane.dataplane.fleet.Wish;
import io.pgplane.testkit.Await;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ProxyFixture;
import io.pgplane.testkit.StreamingPair;
import io.pgplane.topology.Role;
import java.net.InetAddress;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A standby becomes the primary, in the place of one that has crashed. */
class PromotionIT {
  private static final Logger LOG = LoggerFactory.getLogger(PromotionIT.class);
  private static final Duration INTERVAL = Duration.ofMillis(500);

  @Order(1)
  @RegisterExtension
  final StreamingPair pair = new StreamingPair();

  @Order(2)
  @RegisterExtension
  final ProxyFixture fixture = new ProxyFixture();

  @Test
  void readWriteLoginsFollowWithinTwoIntervals() throws Exception {
    Proxy proxy =
        fixture.start(pair.setup().backend(backend -> backend.with(pair.check(INTERVAL))));
    Pool pool = Objects.requireNonNull(proxy.pgplane().fleet().pools().get("db"));
    Await.until("read-write logins work", () -> writes(pool));

    long crash = System.nanoTime();
    pair.primary().signal("KILL");
    pair.standby().promote();
    long promotion = System.nanoTime();
    Await.until("read-write logins work again", () -> writes(pool));
    long end = System.nanoTime();

    LOG.info(
        "read-write logins failed for {} ms: {} ms up to the promotion, {} ms after it;"
            + " the interval of the probes is {} ms",
        millis(crash, end),
        millis(crash, promotion),
        millis(promotion, end),
        INTERVAL.toMillis());
    assertThat(millis(promotion, end)).isLessThan(2 * INTERVAL.toMillis());
  }

  /** A login as pgplane would take it, and on to the next server if the first is gone. */
  private boolean writes(Pool pool) {
    Wish wish = new Wish(Role.READ_WRITE, Role.ANY, "", InetAddress.getLoopbackAddress(), 0);
    Set<ServerState> tried = new HashSet<>();
    for (Pick pick = pool.pick(wish);
        pick instanceof Seat seat;
        pick = pool.pick(wish.butNot(tried))) {
      try {
        write(seat.server().port());
        seat.succeeded();
        return true;
      } catch (SQLException e) {
        seat.failed(e.toString());
        tried.add(seat.server());
      } finally {
        seat.release();
      }
    }
    return false;
  }

  private void write(int port) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection(
                "jdbc:postgresql://localhost:" + port + "/postgres?sslmode=disable",
                "postgres",
                "");
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE written ()");
      statement.execute("DROP TABLE written");
    }
  }

  private static long millis(long from, long to) {
    return Duration.ofNanos(to - from).toMillis();
  }
}
