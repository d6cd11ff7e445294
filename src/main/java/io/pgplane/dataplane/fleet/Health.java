package io.pgplane.dataplane.fleet;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What probing has found out about a server.
 *
 * @param roles what it is; empty as long as no probe has logged in
 * @param reason why it is down; empty unless it is
 * @param refused what it has refused the probe, so that the roles may be older; it is up all the
 *     same
 * @param since when its status became this one
 */
public record Health(
    Status status, Optional<Roles> roles, String reason, Optional<String> refused, Instant since) {

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
    return new Health(Status.UNKNOWN, Optional.empty(), "", Optional.empty(), Instant.now());
  }

  /** The server is there. */
  public static Health up(Optional<Roles> roles) {
    return up(roles, Optional.empty());
  }

  /** The server is there, and has refused the probe something. */
  public static Health up(Optional<Roles> roles, Optional<String> refused) {
    return new Health(Status.UP, roles, "", refused, Instant.now());
  }

  /** The server is not to be used, for this reason. */
  public static Health down(String reason) {
    return new Health(Status.DOWN, Optional.empty(), reason, Optional.empty(), Instant.now());
  }

  /** The same, known since the other one was; for a status that has not changed. */
  Health since(Health earlier) {
    return new Health(status, roles, reason, refused, earlier.since);
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
