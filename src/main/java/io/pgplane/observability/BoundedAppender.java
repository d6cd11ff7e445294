package io.pgplane.observability;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * Hands events to the one appender behind it on a thread of its own. While that is blocked, events
 * wait up to a bound; what comes above it is dropped and counted, the cheapest levels first. Once
 * events flow again, a line tells how many were dropped.
 *
 * <p>Lines of libraries are bounded by a {@link LogRate}: what reaches a port can cause them, too.
 */
public final class BoundedAppender extends AsyncAppender {
  private static final long TELL_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final String OWN = "io.pgplane.";

  private final LogRate libraries = new LogRate();
  private final AtomicInteger waiting = new AtomicInteger();
  private final LongAdder dropped = new LongAdder();
  private Optional<Delivery> delivery = Optional.empty();

  public BoundedAppender() {
    setNeverBlock(true);
    setDiscardingThreshold(0); // its own discards would not be counted
  }

  /** How many events were dropped since the start. */
  public long dropped() {
    return dropped.sum();
  }

  @Override
  public void addAppender(Appender<ILoggingEvent> behind) {
    delivery = Optional.of(new Delivery(behind));
    super.addAppender(delivery.get());
  }

  /** The appender that gets the events. */
  Appender<ILoggingEvent> behind() {
    return delivery.orElseThrow().behind;
  }

  @Override
  protected void append(ILoggingEvent event) {
    String logger = event.getLoggerName();
    if (!logger.startsWith(OWN) && !libraries.take(logger, event.getLevel().levelStr)) {
      return;
    }
    if (waiting.incrementAndGet() > most(event.getLevel())) {
      waiting.decrementAndGet();
      dropped.increment();
    } else {
      hand(event);
    }
  }

  private void hand(ILoggingEvent event) {
    try {
      super.append(event);
    } catch (RuntimeException e) {
      waiting.decrementAndGet(); // an argument that has no text
      throw e;
    }
  }

  private int most(Level level) {
    int all = getQueueSize();
    if (level.isGreaterOrEqual(Level.WARN)) {
      return all;
    }
    return level.isGreaterOrEqual(Level.INFO) ? all - all / 4 : all / 2;
  }

  /** Runs on its own thread for each event. */
  private final class Delivery extends UnsynchronizedAppenderBase<ILoggingEvent> {
    private final Appender<ILoggingEvent> behind;
    private long told;
    private long toldAt = System.nanoTime();

    Delivery(Appender<ILoggingEvent> behind) {
      this.behind = behind;
      setContext(behind.getContext());
      start();
    }

    @Override
    protected void append(ILoggingEvent event) {
      try {
        behind.doAppend(event);
      } catch (Error e) {
        dropped.increment(); // out of memory, say: it would end this thread, and so the log
      }
      boolean caughtUp = waiting.decrementAndGet() == 0;
      try {
        tell(caughtUp);
      } catch (Error e) {
        // The next event reports it.
      }
    }

    private void tell(boolean caughtUp) {
      long all = dropped.sum();
      long now = System.nanoTime();
      if (all > told && (caughtUp || now - toldAt > TELL_NANOS)) {
        behind.doAppend(
            new LoggingEvent(
                BoundedAppender.class.getName(),
                ((LoggerContext) getContext()).getLogger(BoundedAppender.class),
                Level.WARN,
                "{} log lines were dropped: they could not be written, or not fast enough",
                null,
                new Object[] {all - told}));
        told = all;
        toldAt = now;
      }
    }

    @Override
    public void stop() {
      super.stop();
      behind.stop();
    }
  }
}
