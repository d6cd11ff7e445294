package io.pgplane.observability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.joran.spi.JoranException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;

/** The line of an event by the logback.xml of the launcher. */
class LoggingTest {
  private static final String TIME =
      "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}(Z|[+-]\\d\\d:\\d\\d)";

  private final LoggerContext configured = new LoggerContext();

  @BeforeEach
  void readTheFileOfTheJar() throws JoranException {
    JoranConfigurator configurator = new JoranConfigurator();
    configurator.setContext(configured);
    configurator.doConfigure(LoggingTest.class.getResource("/io/pgplane/launch/logback.xml"));
  }

  @AfterEach
  void stop() {
    configured.stop();
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
  void looksAtEachCharacterOnce() {
    String blanks = " ".repeat(10_000_000);

    assertTimeoutPreemptively(
        Duration.ofSeconds(30), () -> assertThat(line("a" + blanks, null)).endsWith(" - a\n"));
  }

  @Test
  void showsNoCharacterThatATerminalObeysAndNoForgedPair() {
    LoggingEvent event = event("a\u001b[2Jb\u0000c\uD800\u2028d\u202Ee", null);
    event.setKeyValuePairs(List.of(new KeyValuePair("user", "x\" session=\"7\nINFO forged")));

    assertThat(line(event))
        .endsWith(" - a?[2Jb?c??d?e user=\"x\\\" session=\\\"7 | INFO forged\"\n");
  }

  @Test
  void isNotAtTheRootOfTheJarWhereItWouldBeAnApplications() {
    assertThat(Path.of("src/main/resources/logback.xml")).doesNotExist();
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
    BoundedAppender bounded =
        (BoundedAppender) configured.getLogger(Logger.ROOT_LOGGER_NAME).getAppender("STDERR");
    ConsoleAppender<ILoggingEvent> console = (ConsoleAppender<ILoggingEvent>) bounded.behind();
    return new String(console.getEncoder().encode(event), StandardCharsets.UTF_8);
  }
}
