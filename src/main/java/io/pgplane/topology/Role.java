package io.pgplane.topology;

import java.util.Arrays;
import java.util.Locale;

/** Which servers of a backend a login may go to, in libpq's {@code target_session_attrs}. */
public enum Role {
  ANY,
  PRIMARY,
  STANDBY,
  /** A standby if one can be had, and else any. */
  PREFER_STANDBY,
  READ_WRITE,
  READ_ONLY;

  /** Whether a server's role does not matter, so that it need not be known. */
  public boolean takesAny() {
    return this == ANY || this == PREFER_STANDBY;
  }

  /**
   * Whether a login may go to such a server.
   *
   * @param inRecovery as {@code pg_is_in_recovery()}
   * @param readOnly as {@code transaction_read_only}
   */
  public boolean admits(boolean inRecovery, boolean readOnly) {
    return switch (this) {
      case ANY, PREFER_STANDBY -> true;
      case PRIMARY -> !inRecovery;
      case STANDBY -> inRecovery;
      case READ_WRITE -> !inRecovery && !readOnly;
      case READ_ONLY -> inRecovery || readOnly;
    };
  }

  /**
   * The role of libpq's word for it, as in {@code prefer-standby}.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static Role of(String word) {
    return Arrays.stream(values())
        .filter(role -> role.word().equals(word))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no role is called " + word));
  }

  /** libpq's word. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
