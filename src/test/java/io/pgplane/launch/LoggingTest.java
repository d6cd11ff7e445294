package io.pgplane.launch;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.joran.spi.JoranException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;

/** What src/main/resources/logback.xml makes of an event. */
class LoggingTest {
  private static final String TIME =
      "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}(Z|[+-]\\d\\d:\\d\\d)";

  private final LoggerContext configured = new LoggerContext();

  @BeforeEach
  void readTheFileOfTheJar() throws JoranException {
    JoranConfigurator configurator = new JoranConfigurator();
    configurator.setContext(configured);
    configurator.doConfigure(LoggingTest.class.getResource("/logback.xml"));
  }

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
    assertThat(configured.getLogger("io.netty.x").isInfoEnabled()).isFalse();
    assertThat(configured.getLogger("io.vertx.x").isInfoEnabled()).isFalse();
    assertThat(configured.getLogger("io.pgplane.x").isInfoEnabled()).isTrue();
  }

  @Test
  void tellsWhatIsKnownOfASessionBehindTheMessage() {
    LoggingEvent event = event("ended", null);
    event.setKeyValuePairs(List.of(new KeyValuePair("session", 7)));

    assertThat(line(event)).endsWith(" - ended session=\"7\"" + System.lineSeparator());
  }

  private String line(String message, @Nullable Throwable failure) {
    return line(event(message, failure));
  }

  private LoggingEvent event(String message, @Nullable Throwable failure) {
    Logger logger = configured.getLogger(LoggingTest.class);
    return new LoggingEvent("test", logger, Level.INFO, message, failure, new Object[0]);
  }

  private String line(LoggingEvent event) {
    ConsoleAppender<ILoggingEvent> appender =
        (ConsoleAppender<ILoggingEvent>)
            configured.getLogger(Logger.ROOT_LOGGER_NAME).getAppender("STDERR");
    return new String(appender.getEncoder().encode(event), StandardCharsets.UTF_8);
  }
}
