package io.pgplane.observability;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bounds the log lines that others can cause: in ten seconds 20 for each source, and 200 for each
 * kind. Further lines are counted, and one line at the end of these ten seconds has their number.
 *
 * <p>May be used by any thread. Holds a source only as long as that.
 */
public final class LogRate {
  private static final Logger LOG = LoggerFactory.getLogger(LogRate.class);
  private static final Duration PERIOD = Duration.ofSeconds(10);
  private static final int LINES_OF_A_SOURCE = 20;
  private static final int LINES_OF_A_KIND = 200;

  private final Duration period;
  private final Executor later;
  private final Map<String, Window> windows = new ConcurrentHashMap<>();

  public LogRate() {
    this(PERIOD);
  }

  LogRate(Duration period) {
    this(period, CompletableFuture.delayedExecutor(period.toMillis(), TimeUnit.MILLISECONDS));
  }

  /**
   * The same with another timer.
   *
   * @param later runs tasks after the period
   */
  LogRate(Duration period, Executor later) {
    this.period = period;
    this.later = later;
  }

  /**
   * Whether a line may be written now; if not, it is counted.
   *
   * @param kind of lines, one of few, in words
   * @param source who causes it, such as a client's address
   */
  public boolean take(String kind, String source) {
    return windows.computeIfAbsent(kind, Window::new).take(source, LINES_OF_A_SOURCE);
  }

  /** The same for what all meet alike: one line has said it. */
  public boolean takeOne(String kind) {
    return windows.computeIfAbsent(kind, Window::new).take("", 1);
  }

  /**
   * The lines of a kind in the ten seconds that the first of them began. The clock ends these; the
   * timer has the count told though no more lines come.
   */
  private final class Window {
    private final String kind;
    private final Map<String, Integer> bySource = new HashMap<>();
    private boolean open;
    private long began;
    private int written;
    private long leftOut;

    Window(String kind) {
      this.kind = kind;
    }

    boolean take(String source, int most) {
      closeIfOver();
      return count(source, most);
    }

    private synchronized boolean count(String source, int most) {
      if (!open) {
        open = true;
        began = System.nanoTime();
        closeLater();
      }
      if (written < LINES_OF_A_KIND && bySource.merge(source, 1, Integer::sum) <= most) {
        written++;
        return true;
      }
      leftOut++;
      return false;
    }

    private void closeLater() {
      try {
        later.execute(this::closeIfOver);
      } catch (RejectedExecutionException | OutOfMemoryError e) {
        // No thread for the timer: the next line finds that the time is over.
        LOG.debug("no timer for a count of log lines", e);
      }
    }

    private void closeIfOver() {
      long count = resetIfOver();
      if (count > 0) {
        LOG.warn("{} more lines in {} s were left out: {}", count, period.toSeconds(), kind);
      }
    }

    private synchronized long resetIfOver() {
      if (!open || System.nanoTime() - began < period.toNanos()) {
        return 0;
      }
      long count = leftOut;
      open = false;
      bySource.clear();
      written = 0;
      leftOut = 0;
      return count;
    }
  }
}
