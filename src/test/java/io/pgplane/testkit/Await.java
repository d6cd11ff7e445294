package io.pgplane.testkit;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Waits for what will be true soon, and says what was not. */
public final class Await {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private Await() {}

  /**
   * Returns once the condition holds.
   *
   * @param what the condition in words: "the session is gone"
   */
  public static void until(String what, Callable<Boolean> condition) {
    until(what, PATIENCE, condition);
  }

  /**
   * Returns once the condition holds, and fails when it still does not after {@code patience}, with
   * what the condition has thrown last.
   */
  public static void until(String what, Duration patience, Callable<Boolean> condition) {
    long deadline = System.nanoTime() + patience.toNanos();
    Throwable last = null;
    do {
      try {
        if (condition.call()) {
          return;
        }
        last = null;
      } catch (Exception | AssertionError e) {
        last = e;
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    } while (System.nanoTime() - deadline < 0 && !Thread.currentThread().isInterrupted());
    throw failure(what, patience, last);
  }

  private static AssertionError failure(
      String what, Duration patience, @Nullable Throwable exception) {
    String text = "not so within " + patience.toMillis() + " ms: " + what;
    return new AssertionError(exception == null ? text : text + " (" + exception + ")", exception);
  }
}
