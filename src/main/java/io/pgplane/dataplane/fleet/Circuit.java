package io.pgplane.dataplane.fleet;

import io.pgplane.topology.CircuitRule;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Keeps logins away from a server that fails them:
 *
 * <pre>
 *   closed ── so many failures in a row ──▶ open ── its pause is over ──▶ trial, one login at a time
 *      ▲                                     ▲                            │ fails: twice the wait
 *      │                                     └────────────────────────────┤
 *      └───────────────────────────────────────────────────── succeeds ───┘
 * </pre>
 *
 * All methods may be called by any thread at any time. Times are those of {@link System#nanoTime}.
 */
final class Circuit {
  private static final Closed SOUND = new Closed(0);

  private final AtomicReference<State> state = new AtomicReference<>(SOUND);

  /** Closed, open or in a trial. */
  sealed interface State {}

  /**
   * Logins go through.
   *
   * @param failures in a row up to now
   */
  record Closed(int failures) implements State {}

  /**
   * No logins.
   *
   * @param until when it may be tried again
   * @param reason of the last failure
   */
  record Open(Duration pause, long until, String reason) implements State {}

  /** One login is under way to find out; compared by identity. */
  static final class Trial implements State {
    private final Open open;

    private Trial(Open open) {
      this.open = open;
    }
  }

  /** Whether a login may go through now, be it as a trial. */
  boolean admits(long now) {
    State seen = current();
    return seen instanceof Closed || (seen instanceof Open open && now - open.until >= 0);
  }

  /**
   * Lets a login through, or not.
   *
   * @return the state under which it goes: closed, or a trial of its own; open if it must not
   */
  State enter(long now) {
    State seen = current();
    if (seen instanceof Open open && now - open.until >= 0) {
      Trial trial = new Trial(open);
      return state.compareAndSet(seen, trial) ? trial : open;
    }
    return seen instanceof Trial other ? other.open : seen;
  }

  /**
   * A login has succeeded, or a probe that logs in.
   *
   * @return whether this has closed the circuit
   */
  boolean close() {
    return !current().equals(SOUND) && !(state.getAndSet(SOUND) instanceof Closed);
  }

  /**
   * A login has failed.
   *
   * @param entry as {@link #enter} has let it through
   * @return how the circuit has opened by it
   */
  Optional<Open> fail(CircuitRule rule, State entry, long now, String reason) {
    while (rule.failures() > 0) {
      State seen = current();
      State next;
      if (seen instanceof Closed closed) {
        int failures = closed.failures + 1;
        next = failures < rule.failures() ? new Closed(failures) : open(rule.pause(), now, reason);
      } else if (seen instanceof Trial trial && trial == entry) {
        Duration doubled = trial.open.pause.multipliedBy(2);
        next = open(shorter(doubled, rule.maxPause()), now, reason);
      } else {
        // It began before the circuit opened, and says nothing new.
        return Optional.empty();
      }
      if (state.compareAndSet(seen, next)) {
        return next instanceof Open open ? Optional.of(open) : Optional.empty();
      }
    }
    return Optional.empty();
  }

  /** A login has ended without a verdict: if it was the trial, the next one is. */
  void abandon(State entry) {
    if (entry instanceof Trial trial) {
      state.compareAndSet(trial, trial.open);
    }
  }

  /** Why it is not closed; empty if it is. */
  Optional<String> reason() {
    State seen = current();
    if (seen instanceof Open open) {
      return Optional.of(open.reason);
    }
    return seen instanceof Trial trial ? Optional.of(trial.open.reason) : Optional.empty();
  }

  private State current() {
    return Objects.requireNonNull(state.get());
  }

  private static Open open(Duration pause, long now, String reason) {
    return new Open(pause, now + pause.toNanos(), reason);
  }

  private static Duration shorter(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }
}
