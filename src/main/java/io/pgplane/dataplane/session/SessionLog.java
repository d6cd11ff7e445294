package io.pgplane.dataplane.session;

import io.pgplane.dataplane.backend.ServerRefusal;
import io.pgplane.failure.Failure;
import io.pgplane.failure.FailureKind;
import io.pgplane.observability.LogKey;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/** The log lines of one session, each with all that is known of it by then. */
final class SessionLog {
  private static final Logger LOG = LoggerFactory.getLogger(SessionLog.class);

  private final SessionFacts facts;

  SessionLog(SessionFacts facts) {
    this.facts = facts;
  }

  void ready() {
    line(Level.DEBUG).log("logged in");
  }

  /** The server has failed the login; another one may do better. */
  void goesOn(Throwable why) {
    line(Level.INFO)
        .log("goes on to the next server: {}", LogKey.printable(String.valueOf(why.getMessage())));
  }

  void ended(@Nullable Throwable cause) {
    if (cause == null) {
      line(Level.DEBUG).log("ended");
    } else if (cause instanceof Failure failure) {
      line(levelOf(failure.kind()))
          .addKeyValue(LogKey.KIND, failure.kind().label())
          .log(LogKey.printable(String.valueOf(failure.getMessage())));
    } else if (cause instanceof ServerRefusal) {
      line(Level.INFO).log(LogKey.printable(String.valueOf(cause.getMessage())));
    } else {
      line(Level.ERROR)
          .addKeyValue(LogKey.KIND, FailureKind.INTERNAL.label())
          .setCause(cause)
          .log("a fault of pgplane's own");
    }
  }

  private LoggingEventBuilder line(Level level) {
    LoggingEventBuilder line = LOG.atLevel(level);
    if (!LOG.isEnabledForLevel(level)) {
      return line; // which writes nothing
    }
    line = line.addKeyValue(LogKey.SESSION, facts.id()).addKeyValue(LogKey.CLIENT, facts.client());
    line = with(line, LogKey.USER, facts.user().map(LogKey::printable));
    line = with(line, LogKey.DATABASE, facts.database().map(LogKey::printable));
    line = with(line, LogKey.ROUTE, facts.route());
    return with(line, LogKey.SERVER, facts.server());
  }

  private static LoggingEventBuilder with(LoggingEventBuilder line, String key, Optional<?> value) {
    return value.isPresent() ? line.addKeyValue(key, value.get()) : line;
  }

  private static Level levelOf(FailureKind kind) {
    return switch (kind) {
      case DISCONNECT -> Level.DEBUG;
      case CLIENT, CREDENTIALS, LIMIT -> Level.INFO;
      case BACKEND -> Level.WARN;
      case INTERNAL -> Level.ERROR;
    };
  }
}
