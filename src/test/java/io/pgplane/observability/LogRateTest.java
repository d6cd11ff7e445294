package io.pgplane.observability;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.pgplane.testkit.Await;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class LogRateTest {
  private final Logger logger = (Logger) LoggerFactory.getLogger(LogRate.class);
  private final ListAppender<ILoggingEvent> told = new ListAppender<>();

  @BeforeEach
  void listen() {
    told.start();
    logger.addAppender(told);
  }

  @AfterEach
  void stop() {
    logger.detachAppender(told);
  }

  @Test
  void writesOneLineOfWhatAllMeetAlike() {
    LogRate rate = new LogRate(Duration.ofSeconds(2));

    assertThat(rate.takeOne("tests")).isTrue();
    assertThat(rate.takeOne("tests")).isFalse();
    assertThat(rate.takeOne("others")).isTrue();

    Await.until(
        "it is logged", () -> lines().equals(List.of("1 more lines in 2 s were left out: tests")));
    assertThat(rate.takeOne("tests")).isTrue();
  }

  @Test
  void leavesOutWhatComesAboveTheBoundOfASourceAndTellsHowMuchOnce() {
    LogRate rate = new LogRate(Duration.ofSeconds(2));

    assertThat(taken(rate, 50, "10.0.0.7")).isEqualTo(20);
    assertThat(rate.take("tests", "10.0.0.8")).isTrue();

    Await.until(
        "it is logged", () -> lines().equals(List.of("30 more lines in 2 s were left out: tests")));
    assertThat(rate.take("tests", "10.0.0.7")).isTrue();
  }

  @Test
  void boundsAllSourcesOfAKindTogetherAndNoOtherKind() {
    LogRate rate = new LogRate();

    assertThat(IntStream.range(0, 10_000).filter(i -> rate.take("many", "source " + i)).count())
        .isEqualTo(200);
    assertThat(rate.take("another", "source 1")).isTrue();
  }

  /** A process may be out of threads, or of memory for one. */
  @Test
  void writesAgainAfterTheTimeThoughItsTimerCannotStart() {
    LogRate rate =
        new LogRate(
            Duration.ofSeconds(2),
            task -> {
              throw new OutOfMemoryError("unable to create native thread");
            });
    assertThat(taken(rate, 50, "10.0.0.7")).isEqualTo(20);

    Await.until("a line may be written", () -> rate.take("tests", "10.0.0.7"));

    assertThat(lines()).singleElement().asString().endsWith("were left out: tests");
  }

  private static long taken(LogRate rate, int times, String source) {
    return IntStream.range(0, times).filter(i -> rate.take("tests", source)).count();
  }

  private List<String> lines() {
    return List.copyOf(told.list).stream().map(ILoggingEvent::getFormattedMessage).toList();
  }
}
