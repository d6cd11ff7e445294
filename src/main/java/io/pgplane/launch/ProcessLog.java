package io.pgplane.launch;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import io.pgplane.observability.BoundedAppender;
import java.util.Iterator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The log of this process, where pgplane has set it up itself. */
final class ProcessLog {
  private static final String PROPERTY = "logback.configurationFile";

  private ProcessLog() {}

  /** Call it before the first logger is made. Another file that is set stays. */
  static void configure() {
    if (System.getProperty(PROPERTY) == null) {
      System.setProperty(PROPERTY, "io/pgplane/launch/logback.xml");
    }
  }

  /** The number of dropped lines; 0 where an application has its own log. */
  static long dropped() {
    long count = 0;
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext log) {
      Iterator<Appender<ILoggingEvent>> appenders =
          log.getLogger(Logger.ROOT_LOGGER_NAME).iteratorForAppenders();
      while (appenders.hasNext()) {
        count += appenders.next() instanceof BoundedAppender own ? own.dropped() : 0;
      }
    }
    return count;
  }

  /** Writes what still waits to be written, as far as that can be done within two seconds. */
  static void stop() {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext log) {
      log.stop();
    }
  }
}
