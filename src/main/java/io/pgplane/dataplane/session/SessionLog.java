package io.pgplane.dataplane.session;

import io.pgplane.dataplane.backend.ServerRefusal;
import io.pgplane.failure.ErrorReport;
import io.pgplane.failure.Failure;
import io.pgplane.failure.FailureKind;
import io.pgplane.observability.LogKey;
import io.pgplane.observability.LogRate;
import io.pgplane.topology.ClientSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;
import org.slf4j.spi.NOPLoggingEventBuilder;

/** The log lines of one session, each with all that is known of it by then. */
final class SessionLog {
  private static final Logger LOG = LoggerFactory.getLogger(SessionLog.class);

  private final SessionFacts facts;
  private final LogRate rate;

  /**
   * Begins with what is known.
   *
   * @param rate of all sessions' lines, by what has happened and by the client's address
   */
  SessionLog(SessionFacts facts, LogRate rate) {
    this.facts = facts;
    this.rate = rate;
  }

  void ready() {
    line(Level.DEBUG, "logins").log("logged in");
  }

  /** The server has failed the login; another one may do better. */
  void goesOn(Throwable why) {
    line(Level.INFO, "logins that go on to the next server", Optional.of(why))
        .log(
            "goes on to the next server: {}",
            LogKey.printableMessage(String.valueOf(why.getMessage())));
  }

  void ended(@Nullable Throwable cause) {
    if (cause == null) {
      line(Level.DEBUG, "ends").log("ended");
    } else if (cause instanceof Failure failure) {
      line(
              levelOf(failure.kind()),
              "sessions that failed, " + failure.kind().label(),
              Optional.of(failure))
          .addKeyValue(LogKey.KIND, failure.kind().label())
          .log("{}", text(failure));
    } else if (cause instanceof ServerRefusal) {
      line(Level.INFO, "logins that a server has refused")
          .log("{}", LogKey.printableMessage(String.valueOf(cause.getMessage())));
    } else {
      line(Level.ERROR, "internal faults")
          .addKeyValue(LogKey.KIND, FailureKind.INTERNAL.label())
          .setCause(cause)
          .log("a fault of pgplane's own");
    }
  }

  /** A client decides how long its text is, and how much of it is in the message. */
  private static String text(Failure failure) {
    String message = String.valueOf(failure.getMessage());
    return switch (failure.kind()) {
      case CLIENT, CREDENTIALS, LIMIT, DISCONNECT -> LogKey.printable(message);
      case BACKEND, LOCAL, INTERNAL -> LogKey.printableMessage(message);
    };
  }

  private LoggingEventBuilder line(Level level, String kind) {
    return line(level, kind, Optional.empty());
  }

  private LoggingEventBuilder line(Level level, String kind, Optional<Throwable> why) {
    if (!LOG.isEnabledForLevel(level)) {
      return NOPLoggingEventBuilder.singleton();
    }
    // DEBUG is not for production, so its lines are not bounded.
    boolean bounded = level.toInt() >= Level.INFO.toInt();
    if (bounded && !take(kind, why)) {
      return NOPLoggingEventBuilder.singleton();
    }
    LoggingEventBuilder line = LOG.atLevel(level);
    line = line.addKeyValue(LogKey.SESSION, facts.id()).addKeyValue(LogKey.CLIENT, facts.client());
    line = with(line, LogKey.USER, facts.user().map(LogKey::printable));
    line = with(line, LogKey.DATABASE, facts.database().map(LogKey::printable));
    line = with(line, LogKey.ROUTE, facts.route());
    return with(line, LogKey.SERVER, facts.server());
  }

  /** What this machine lacks, all sessions lack alike. */
  private boolean take(String kind, Optional<Throwable> why) {
    return why.flatMap(SessionLog::lack)
        .map(rate::takeOne)
        .orElseGet(() -> rate.take(kind, ClientSource.of(facts.stream().remoteIp()).site()));
  }

  private static Optional<String> lack(Throwable why) {
    return why instanceof Failure failure && failure.kind() == FailureKind.LOCAL
        ? failure.report().map(ErrorReport::message)
        : Optional.empty();
  }

  private static LoggingEventBuilder with(LoggingEventBuilder line, String key, Optional<?> value) {
    return value.isPresent() ? line.addKeyValue(key, value.get()) : line;
  }

  private static Level levelOf(FailureKind kind) {
    return switch (kind) {
      case DISCONNECT -> Level.DEBUG;
      case CLIENT, CREDENTIALS, LIMIT -> Level.INFO;
      case BACKEND, LOCAL -> Level.WARN;
      case INTERNAL -> Level.ERROR;
    };
  }
}
