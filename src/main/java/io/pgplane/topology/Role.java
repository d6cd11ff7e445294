package io.pgplane.topology;

/** Which servers of a backend a login may go to, in libpq's {@code target_session_attrs}. */
public enum Role {
  ANY,
  PRIMARY,
  STANDBY,
  /** A standby if one can be had, and else any. */
  PREFER_STANDBY,
  READ_WRITE,
  READ_ONLY
}
