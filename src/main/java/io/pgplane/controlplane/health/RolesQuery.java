package io.pgplane.controlplane.health;

import io.pgplane.dataplane.fleet.Health;
import io.pgplane.failure.Failures;
import io.pgplane.protocol.wire.DataRow;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The question that tells what a server is; every user may ask it. */
final class RolesQuery {
  /**
   * A standby that has replayed all it has received is late by nothing, as long as it does receive:
   * one that is cut off from its primary does not know what it lacks.
   */
  static final String SQL =
      """
      SELECT pg_is_in_recovery(), current_setting('transaction_read_only'),
        CASE
          WHEN NOT pg_is_in_recovery() THEN 0
          WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn()
            AND EXISTS (SELECT FROM pg_stat_get_wal_receiver() WHERE pid IS NOT NULL) THEN 0
          ELSE extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())
        END
      """;

  private static final int COLUMNS = 3;
  private static final BigDecimal MILLIS = BigDecimal.valueOf(1000);

  private RolesQuery() {}

  /**
   * Reads the answer.
   *
   * @throws io.pgplane.failure.Failure if it is none
   */
  static Health.Roles roles(DataRow row) {
    List<Optional<String>> columns = row.columns();
    try {
      if (columns.size() == COLUMNS) {
        return new Health.Roles(
            columns.get(0).orElse("").equals("t"),
            columns.get(1).orElse("").equals("on"),
            columns.get(2).map(RolesQuery::seconds));
      }
    } catch (NumberFormatException e) {
      throw Failures.serverLogin("does not answer as PostgreSQL does").causedBy(e);
    }
    throw Failures.serverLogin("does not answer as PostgreSQL does");
  }

  /** The clocks of two servers differ: what was sent may be replayed before it was sent. */
  private static Duration seconds(String text) {
    return Duration.ofMillis(
        new BigDecimal(text).max(BigDecimal.ZERO).multiply(MILLIS).longValue());
  }
}
