package io.pgplane.dataplane.limit;

import io.pgplane.config.Limits;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bounds the clients that have connected and not yet logged in: nobody knows who they are, and each
 * costs a socket, buffers and a timer.
 */
public final class Admission {
  private static final Logger LOG = LoggerFactory.getLogger(Admission.class);
  private static final long LOG_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final AtomicInteger all = new AtomicInteger();
  private final Map<String, Integer> byAddress = new ConcurrentHashMap<>();
  private final AtomicLong refused = new AtomicLong();
  private final AtomicLong nextLog = new AtomicLong(System.nanoTime());

  /** A place among those who are logging in; given back once. */
  public final class Permit {
    private final String address;
    private boolean held = true;

    private Permit(String address) {
      this.address = address;
    }

    /** Gives the place back; on the event loop of the session. */
    public void release() {
      if (held) {
        held = false;
        Admission.this.release(address);
      }
    }
  }

  /** How many places are taken. */
  public int taken() {
    return all.get();
  }

  /** A place for one who has just connected; nothing if there is none, which is logged. */
  public Optional<Permit> admit(String address, Limits limits) {
    int here = byAddress.merge(address, 1, Integer::sum);
    int total = all.incrementAndGet();
    if (total > limits.handshakes() || here > limits.handshakesPerAddress()) {
      release(address);
      logRefused(address, total, here);
      return Optional.empty();
    }
    return Optional.of(new Permit(address));
  }

  private void release(String address) {
    all.decrementAndGet();
    byAddress.computeIfPresent(address, (key, count) -> count == 1 ? null : count - 1);
  }

  /** At most once a second: whoever causes this must not fill the log too. */
  private void logRefused(String address, int total, int here) {
    long count = refused.incrementAndGet();
    long due = nextLog.get();
    long now = System.nanoTime();
    if (now - due >= 0 && nextLog.compareAndSet(due, now + LOG_NANOS)) {
      LOG.warn(
          "too many clients that have not logged in: {} in all, {} of {}; {} were closed so far",
          total,
          here,
          address,
          count);
    }
  }
}
