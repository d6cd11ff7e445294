package io.pgplane.controlplane.health;

import io.pgplane.dataplane.fleet.Health;
import io.pgplane.failure.Failures;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The questions that tell what a server is. Each is a statement of its own, with one column, so
 * that one which the server refuses costs its own answer alone.
 */
final class RolesQuery {
  /**
   * In the order of the answers. Every user may ask them, unless the rights on a function were
   * taken away; some servers that are not quite PostgreSQL lack one.
   */
  static final List<String> QUESTIONS =
      List.of(
          "SELECT pg_is_in_recovery()",
          "SHOW transaction_read_only",
          "SELECT pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn()",
          "SELECT EXISTS (SELECT FROM pg_stat_get_wal_receiver() WHERE pid IS NOT NULL)",
          "SELECT extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())");

  private static final int IN_RECOVERY = 0;
  private static final int READ_ONLY = 1;
  private static final int REPLAYED = 2;
  private static final int RECEIVES = 3;
  private static final int BEHIND = 4;
  private static final BigDecimal MILLIS = BigDecimal.valueOf(1000);

  private RolesQuery() {}

  /**
   * Reads the answers.
   *
   * @param answers one for each question; empty where it was refused or is null
   * @return empty if the server does not tell whether it is in recovery
   * @throws io.pgplane.failure.Failure if they are none
   */
  static Optional<Health.Roles> roles(List<Optional<String>> answers) {
    return answers
        .get(IN_RECOVERY)
        .map(
            inRecovery ->
                new Health.Roles(
                    inRecovery.equals("t"),
                    answers.get(READ_ONLY).map("on"::equals).orElse(inRecovery.equals("t")),
                    inRecovery.equals("t") ? lag(answers) : Optional.of(Duration.ZERO)));
  }

  /**
   * A standby that has replayed all it has received has no lag, as long as it receives: one that is
   * cut off from its primary does not know what it lacks. One that does not tell whether it
   * receives is believed.
   */
  private static Optional<Duration> lag(List<Optional<String>> answers) {
    boolean replayed = answers.get(REPLAYED).filter("t"::equals).isPresent();
    boolean cutOff = answers.get(RECEIVES).filter("f"::equals).isPresent();
    return replayed && !cutOff
        ? Optional.of(Duration.ZERO)
        : answers.get(BEHIND).map(RolesQuery::seconds);
  }

  /** The clocks of two servers differ: what was sent may be replayed before it was sent. */
  private static Duration seconds(String text) {
    try {
      return Duration.ofMillis(
          new BigDecimal(text).max(BigDecimal.ZERO).multiply(MILLIS).longValue());
    } catch (NumberFormatException e) {
      throw Failures.serverLogin("does not answer as PostgreSQL does").causedBy(e);
    }
  }
}
