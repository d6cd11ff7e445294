package io.pgplane.dataplane.limit;

import io.pgplane.config.Limits;
import io.pgplane.observability.LogRate;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bounds the clients that have connected and not yet logged in: nobody knows who they are, and each
 * costs a socket, buffers and a timer.
 *
 * <p>All of them count from the accept on; those of one address, as soon as the client's own
 * address is known. So the connections of a load balancer never count as one client's.
 */
public final class Admission {
  private static final Logger LOG = LoggerFactory.getLogger(Admission.class);

  private final AtomicInteger all = new AtomicInteger();
  private final Map<String, Integer> byAddress = new ConcurrentHashMap<>();
  private final AtomicLong refused = new AtomicLong();
  private final LogRate rate = new LogRate();

  /** A place among those who are logging in; given back once. On the event loop of its session. */
  public final class Permit {
    private final Limits limits;
    private Optional<String> address = Optional.empty();
    private boolean held = true;

    private Permit(Limits limits) {
      this.limits = limits;
    }

    /** Takes a place among those of the client's address, too; says whether there was one. */
    public boolean from(String client) {
      if (!held) {
        return false;
      }
      address = Optional.of(client);
      int here = byAddress.merge(client, 1, Integer::sum);
      if (here <= limits.handshakesPerAddress()) {
        return true;
      }
      logRefused(here + " of " + client);
      return false;
    }

    /** Gives the place back. */
    public void release() {
      if (held) {
        held = false;
        all.decrementAndGet();
        address.ifPresent(
            client -> byAddress.computeIfPresent(client, (key, n) -> n == 1 ? null : n - 1));
      }
    }
  }

  /** How many places are taken. */
  public int taken() {
    return all.get();
  }

  /** How many clients were closed because there was no place. */
  public long refused() {
    return refused.get();
  }

  /** Takes a place among all for one who has just connected; empty if there was none. */
  public Optional<Permit> admit(Limits limits) {
    int total = all.incrementAndGet();
    if (total <= limits.handshakes()) {
      return Optional.of(new Permit(limits));
    }
    all.decrementAndGet();
    logRefused(total + " in all");
    return Optional.empty();
  }

  private void logRefused(String howMany) {
    long count = refused.incrementAndGet();
    if (rate.take("too many clients that have not logged in", "")) {
      LOG.warn(
          "too many clients that have not logged in: {}; {} were closed so far", howMany, count);
    }
  }
}
