package io.pgplane.dataplane.limit;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * So many in a second, and some at once. Keeps the one moment at which the bucket would be full
 * again (the generic cell rate algorithm), and locks nothing.
 */
public final class TokenBucket {
  private final LongSupplier nanoTime;
  private final long interval;
  private final long depth;
  private final AtomicLong full;

  /** A full bucket. */
  public TokenBucket(int perSecond, int atOnce) {
    this(perSecond, atOnce, System::nanoTime);
  }

  /** The same by another clock. */
  public TokenBucket(int perSecond, int atOnce, LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.interval = TimeUnit.SECONDS.toNanos(1) / perSecond;
    this.depth = interval * atOnce;
    this.full = new AtomicLong(nanoTime.getAsLong());
  }

  /** Takes a token; whether there was one. */
  public boolean take() {
    while (true) {
      long now = nanoTime.getAsLong();
      long before = full.get();
      long after = (before - now > 0 ? before : now) + interval;
      if (after - now > depth) {
        return false;
      }
      if (full.compareAndSet(before, after)) {
        return true;
      }
    }
  }
}
