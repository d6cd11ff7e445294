package io.pgplane.launch;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What src/main/resources/logback.xml makes of an event. */
class LoggingTest {
  private static final String TIME =
      "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}(Z|[+-]\\d\\d:\\d\\d)";

  @Test
  void writesTheTimeTheLevelTheLoggersShortNameAndTheMessage() {
    assertThat(line("listening", null)).matches(TIME + " INFO  LoggingTest - listening\\R");
  }

  @Test
  void keepsAnEventOnOneLineWhateverItHolds() {
    String line = line("first\r\n\nsecond", new IllegalStateException("third\nfourth"));

    assertThat(line.lines()).hasSize(1);
    assertThat(line)
        .contains(
            "first | second | java.lang.IllegalStateException: third | fourth | at io.pgplane")
        .endsWith(System.lineSeparator());
  }

  @Test
  void leavesTheLibrariesToTheirWarnings() {
    assertThat(LoggerFactory.getLogger("io.netty.x").isInfoEnabled()).isFalse();
    assertThat(LoggerFactory.getLogger("io.vertx.x").isInfoEnabled()).isFalse();
    assertThat(LoggerFactory.getLogger("io.pgplane.x").isInfoEnabled()).isTrue();
  }

  private static String line(String message, @Nullable Throwable failure) {
    Logger logger = (Logger) LoggerFactory.getLogger(LoggingTest.class);
    Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
    ConsoleAppender<ILoggingEvent> appender =
        (ConsoleAppender<ILoggingEvent>) root.getAppender("STDERR");
    LoggingEvent event =
        new LoggingEvent("test", logger, Level.INFO, message, failure, new Object[0]);
    return new String(appender.getEncoder().encode(event), StandardCharsets.UTF_8);
  }
}
