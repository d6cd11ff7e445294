package io.pgplane.dataplane.fleet;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What probing has found out about a server.
 *
 * @param roles what it is; empty as long as no probe has logged in
 * @param reason why it is down; empty unless it is
 * @param since when its status became this one
 */
public record Health(Status status, Optional<Roles> roles, String reason, Instant since) {

  /** Whether logins may go there; nobody has looked yet at one that is unknown. */
  public enum Status {
    UNKNOWN,
    UP,
    DOWN
  }

  /**
   * What a probe that has logged in was told.
   *
   * @param inRecovery as {@code pg_is_in_recovery()}
   * @param readOnly as {@code transaction_read_only}
   * @param lag how much later than the primary it is; empty if that cannot be said
   */
  public record Roles(boolean inRecovery, boolean readOnly, Optional<Duration> lag) {}

  static Health unknown() {
    return new Health(Status.UNKNOWN, Optional.empty(), "", Instant.now());
  }

  /** The server is there. */
  public static Health up(Optional<Roles> roles) {
    return new Health(Status.UP, roles, "", Instant.now());
  }

  /** The server is not to be used, for this reason. */
  public static Health down(String reason) {
    return new Health(Status.DOWN, Optional.empty(), reason, Instant.now());
  }

  /** The same, known since the other one was; for a status that has not changed. */
  Health since(Health earlier) {
    return new Health(status, roles, reason, earlier.since);
  }

  /** What it is, in a word or two; empty as long as no probe has logged in. */
  String role() {
    return roles
        .map(is -> is.inRecovery() ? "a standby" : is.readOnly() ? "read-only" : "a primary")
        .orElse("");
  }

  /** As in "the server is ...". */
  @Override
  public String toString() {
    return switch (status) {
      case UNKNOWN -> "not probed yet";
      case UP -> roles.isEmpty() ? "up" : "up, " + role();
      case DOWN -> "down: " + reason;
    };
  }
}
