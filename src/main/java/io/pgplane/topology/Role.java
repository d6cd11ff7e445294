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
