package io.pgplane.controlplane.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.testkit.Await;
import io.pgplane.testkit.Proxy;
import io.pgplane.testkit.ProxyFixture;
import io.pgplane.testkit.StreamingPair;
import io.pgplane.topology.Role;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
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
        fixture.start(
            pair.setup()
                .role(Role.READ_WRITE)
                .backend(backend -> backend.with(pair.check(INTERVAL))));
    Await.until("read-write logins work", () -> writes(proxy));

    long crash = System.nanoTime();
    pair.primary().signal("KILL");
    pair.standby().promote();
    long promotion = System.nanoTime();
    Await.until("read-write logins work again", () -> writes(proxy));
    long end = System.nanoTime();

    LOG.info(
        "read-write logins failed for {} ms: {} ms up to the promotion, {} ms after it;"
            + " the interval of the probes is {} ms",
        millis(crash, end),
        millis(crash, promotion),
        millis(promotion, end),
        INTERVAL.toMillis());
    // A login and a statement take their time, too.
    assertThat(millis(promotion, end)).isLessThan(2 * INTERVAL.toMillis() + 1000);
  }

  private static boolean writes(Proxy proxy) {
    try (Connection connection = proxy.jdbc();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE written ()");
      statement.execute("DROP TABLE written");
      return true;
    } catch (SQLException e) {
      return false;
    }
  }

  private static long millis(long from, long to) {
    return Duration.ofNanos(to - from).toMillis();
  }
}
