package io.pgplane.dataplane.auth;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The failed logins of one address, one user, or one user at one address.
 *
 * @param failures since the first that counts, with those that wait for their turn
 * @param first when it was, in nanoseconds of the ticker
 * @param next when the next proof may be checked; of an address, when it is no longer locked out
 */
record Tally(int failures, long first, long next) {

  /** A tally as it counts now: one whose first failure is too long ago begins again. */
  static Tally now(@Nullable Tally before, long now, Duration within) {
    return before != null && now - before.first <= within.toNanos()
        ? before
        : new Tally(0, now, now);
  }

  /** When a proof may be checked that comes now. */
  long turn(long now) {
    return next - now > 0 ? next : now;
  }

  /** With more failures, the last of them at a time; the next proof waits from there. */
  Tally plus(int more, long at, Duration wait) {
    long after = at + wait.toNanos();
    return new Tally(failures + more, first, after - next > 0 ? after : next);
  }

  /** After a success: no proof waits, and at most {@code kept} failures still count. */
  Tally forgiven(int kept, long now) {
    return new Tally(Math.min(failures, kept), first, now);
  }
}
