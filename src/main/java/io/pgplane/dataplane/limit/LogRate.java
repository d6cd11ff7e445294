package io.pgplane.dataplane.limit;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** At most one log line a second: whoever causes them must not fill the log too. */
public final class LogRate {
  private static final long NANOS = TimeUnit.SECONDS.toNanos(1);

  private final AtomicLong next = new AtomicLong(System.nanoTime());

  /** Whether a line may be written now. */
  public boolean take() {
    long due = next.get();
    long now = System.nanoTime();
    return now - due >= 0 && next.compareAndSet(due, now + NANOS);
  }
}
