package io.pgplane.observability;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.AppenderBase;
import io.pgplane.testkit.Await;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;

class BoundedAppenderTest {
  private static final int SIZE = 8;

  private final LoggerContext context = new LoggerContext();
  private final BoundedAppender appender = new BoundedAppender();
  private final CountDownLatch reader = new CountDownLatch(1);
  private final List<String> written = new CopyOnWriteArrayList<>();
  private final Logger logger = context.getLogger("io.pgplane.a.test");

  @BeforeEach
  void blockTheReader() {
    AppenderBase<ILoggingEvent> blocked =
        new AppenderBase<>() {
          @Override
          protected void append(ILoggingEvent event) {
            await(reader);
            if (event.getFormattedMessage().equals("too much")) {
              throw new OutOfMemoryError("of this test");
            }
            written.add(event.getLevel() + " " + event.getFormattedMessage());
          }
        };
    blocked.setContext(context);
    blocked.start();
    context.setMDCAdapter(new LogbackMDCAdapter());
    appender.setContext(context);
    appender.setQueueSize(SIZE);
    appender.setMaxFlushTime(100);
    appender.addAppender(blocked);
    appender.start();
    context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(appender);
    context.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(Level.DEBUG);
  }

  @AfterEach
  void release() {
    reader.countDown();
    context.stop();
  }

  @Test
  void dropsTheCheapestFirstAndTellsHowManyWereDroppedOnceTheyFlowAgain() {
    for (int i = 0; i < SIZE; i++) {
      logger.debug("cheap");
    }
    for (int i = 0; i < SIZE; i++) {
      logger.info("usual");
    }
    for (int i = 0; i < SIZE; i++) {
      logger.warn("dear");
    }

    assertThat(appender.dropped()).isEqualTo(2 * SIZE);
    reader.countDown();

    Await.until("all is written", () -> written.size() == SIZE + 1);
    assertThat(written)
        .containsExactly(
            "DEBUG cheap",
            "DEBUG cheap",
            "DEBUG cheap",
            "DEBUG cheap",
            "INFO usual",
            "INFO usual",
            "WARN dear",
            "WARN dear",
            "WARN 16 log lines were dropped: they could not be written, or not fast enough");
  }

  @Test
  void goesOnAfterAnErrorAndCountsTheLineThatIsLost() {
    reader.countDown();
    logger.warn("too much");
    logger.warn("next");

    Await.until("the next lines are written", () -> written.size() == 2);

    assertThat(appender.dropped()).isEqualTo(1);
    assertThat(written)
        .containsExactlyInAnyOrder(
            "WARN next",
            "WARN 1 log lines were dropped: they could not be written, or not fast enough");
  }

  @Test
  void endsThoughNobodyReads() {
    logger.warn("never read");

    appender.stop();

    assertThat(written).isEmpty();
  }

  @Test
  void writesAtItsEndWhatStillWaits() {
    reader.countDown();
    appender.setMaxFlushTime(30_000);
    logger.warn("first");
    logger.warn("last");

    appender.stop();

    assertThat(written).containsExactly("WARN first", "WARN last");
  }

  private static void await(CountDownLatch latch) {
    boolean interrupted = false;
    while (latch.getCount() > 0) {
      try {
        latch.await();
      } catch (InterruptedException e) {
        interrupted = true; // as a write to a pipe, which does not end for that
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
