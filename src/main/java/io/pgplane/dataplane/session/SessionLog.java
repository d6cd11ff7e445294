package io.pgplane.dataplane.session;

import io.pgplane.dataplane.backend.ServerRefusal;
import io.pgplane.dataplane.fleet.ServerState;
import io.pgplane.dataplane.stream.PgStream;
import io.pgplane.failure.Failure;
import io.pgplane.failure.FailureKind;
import io.pgplane.observability.LogKey;
import io.pgplane.protocol.wire.StartupMessage;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/** The log lines of one session, each with all that is known of it by then. */
final class SessionLog {
  private static final Logger LOG = LoggerFactory.getLogger(SessionLog.class);
  private static final AtomicLong IDS = new AtomicLong();

  private final long id = IDS.incrementAndGet();
  private final PgStream client;
  private @Nullable StartupMessage startup;
  private @Nullable String route;
  private @Nullable ServerState server;

  /** Asks the client for its address at each line: a PROXY header changes it. */
  SessionLog(PgStream client) {
    this.client = client;
  }

  void startup(StartupMessage message) {
    startup = message;
  }

  void route(String name) {
    route = name;
  }

  void server(ServerState chosen) {
    server = chosen;
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
    LoggingEventBuilder line =
        LOG.atLevel(level)
            .addKeyValue(LogKey.SESSION, id)
            .addKeyValue(LogKey.CLIENT, client.remoteAddress());
    if (startup != null) {
      line =
          line.addKeyValue(LogKey.USER, LogKey.printable(startup.user().text()))
              .addKeyValue(LogKey.DATABASE, LogKey.printable(startup.database().text()));
    }
    if (route != null) {
      line = line.addKeyValue(LogKey.ROUTE, route);
    }
    if (server != null) {
      line = line.addKeyValue(LogKey.SERVER, server);
    }
    return line;
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
