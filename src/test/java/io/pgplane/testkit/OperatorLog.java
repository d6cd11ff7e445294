package io.pgplane.testkit;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

/** What pgplane tells its operator during one test. */
public final class OperatorLog implements BeforeEachCallback, AfterEachCallback {
  private final Logger logger;
  private final ListAppender<ILoggingEvent> appender = new ListAppender<>();

  /** That of the data plane. */
  public OperatorLog() {
    this("io.pgplane.dataplane");
  }

  /** That of the logger of this name, and of those below it. */
  public OperatorLog(String name) {
    logger = (Logger) LoggerFactory.getLogger(name);
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    start();
  }

  @Override
  public void afterEach(ExtensionContext context) {
    stop();
  }

  /** Begins to listen. */
  public void start() {
    appender.start();
    logger.addAppender(appender);
  }

  /** Listens no more. */
  public void stop() {
    logger.detachAppender(appender);
    appender.stop();
  }

  /** The lines of at least this level, with their keys. */
  public List<String> lines(Level level) {
    return List.copyOf(appender.list).stream()
        .filter(event -> event.getLevel().isGreaterOrEqual(level))
        .map(OperatorLog::line)
        .toList();
  }

  private static String line(ILoggingEvent event) {
    return event.getLevel() + " " + event.getFormattedMessage() + " " + event.getKeyValuePairs();
  }
}
