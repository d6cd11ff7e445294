package io.pgplane.dataplane.session;

import io.pgplane.dataplane.backend.ServerRefusal;
import io.pgplane.failure.ErrorReport;
import io.pgplane.failure.Failure;
import io.pgplane.failure.FailureKind;
import io.pgplane.failure.SqlState;
import io.pgplane.observability.LoginMeters;
import io.pgplane.observability.Stage;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where a connection is on its way, and how long each stage took; counted once it has logged in,
 * and once it has ended. Confined to the connection's event loop.
 */
final class LoginClock {
  private final LoginMeters meters;
  private final long began = System.nanoTime();
  private final Map<Stage, Long> spent = new EnumMap<>(Stage.class);
  private Stage stage = Stage.STARTUP;
  private long since = began;
  private boolean ready;
  private boolean cancels;

  LoginClock(LoginMeters meters) {
    this.meters = meters;
  }

  /** The next stage begins; one that was there before goes on, as with the next server. */
  void enter(Stage next) {
    long now = System.nanoTime();
    if (stage != Stage.STARTUP) {
      spent.merge(stage, now - since, Long::sum);
    }
    stage = next;
    since = now;
  }

  /** The startup had a TLS handshake in it. */
  void tls(long nanos) {
    spent.put(Stage.TLS, nanos);
  }

  /** It is no login, but a request to cancel another one's work. */
  void cancels() {
    cancels = true;
  }

  void ready() {
    enter(Stage.WELCOME);
    ready = true;
    meters.loggedIn(since - began, spent);
  }

  void ended(@Nullable Throwable cause) {
    if (cancels) {
      meters.cancel(cancelOutcome(cause));
    } else if (ready) {
      meters.ended(cause == null ? "closed" : word(cause));
    } else {
      meters.failed(
          cause == null ? FailureKind.DISCONNECT.label() : word(cause), sqlState(cause), stage);
    }
  }

  /** Who has no right to know gets no answer, so the ones that are refused are of one kind. */
  private static String cancelOutcome(@Nullable Throwable cause) {
    if (cause == null) {
      return "forwarded";
    }
    return word(cause).equals(FailureKind.DISCONNECT.label()) ? "refused" : "failed";
  }

  private static String word(Throwable cause) {
    if (cause instanceof ServerRefusal) {
      return "refused";
    }
    return (cause instanceof Failure failure ? failure.kind() : FailureKind.INTERNAL).label();
  }

  private static Optional<String> sqlState(@Nullable Throwable cause) {
    if (cause instanceof ServerRefusal refusal) {
      return Optional.of(refusal.sqlState());
    } else if (cause instanceof Failure failure) {
      return failure.report().map(ErrorReport::sqlState);
    }
    return cause == null ? Optional.empty() : Optional.of(SqlState.INTERNAL_ERROR);
  }
}
