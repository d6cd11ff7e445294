package io.pgplane.dataplane.limit;

import io.pgplane.config.Limits;
import io.pgplane.observability.LogRate;
import io.pgplane.topology.ClientSource;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.net.InetAddress;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bounds the clients that have connected and not yet logged in: nobody knows who they are, and each
 * costs a socket, buffers and a timer.
 *
 * <p>All of them count from the accept on. Each counts at the other end of its connection at first,
 * and at its own address as soon as a load balancer has told that.
 *
 * <p>If there is no room for a new client, one that is silent gives way: of the new client's own
 * source if that has more than its share, else of the source that has most. The one that has been
 * silent for longest goes. A client that has said something is displaced by a source that has far
 * fewer clients, or after a second; one that has proved who it is, never.
 */
public final class Admission {
  private static final Logger LOG = LoggerFactory.getLogger(Admission.class);

  private final AtomicInteger all = new AtomicInteger();
  private final Crowds crowds;
  private final AtomicLong refused = new AtomicLong();
  private final AtomicLong displaced = new AtomicLong();
  private final LogRate rate = new LogRate();

  public Admission() {
    this(System::nanoTime);
  }

  /** The same by another clock. */
  Admission(LongSupplier nanoTime) {
    this.crowds = new Crowds(nanoTime);
  }

  /** The right of one client to log in; given back once. May be used by any thread. */
  public final class Permit {
    private final Limits limits;
    private final Crowds.Client client;
    private final Promise<Void> displacement = Promise.promise();
    private final AtomicBoolean held = new AtomicBoolean(true);

    /** Whether it counts at the client's own address. */
    private volatile boolean known;

    private Permit(Limits limits, boolean known) {
      this.limits = limits;
      this.known = known;
      this.client = crowds.new Client(this::giveWay);
    }

    /** Counts the client at its own address from now on; whether there is room for it. */
    public boolean from(InetAddress address) {
      client.move(ClientSource.of(address));
      known = true;
      Optional<String> crowd = crowded();
      if (crowd.isEmpty() || crowds.makeRoom(crowd.get(), client)) {
        return held.get();
      }
      logRefused(crowds.size(crowd.get()) + " of " + crowd.get());
      return false;
    }

    /** The client has sent a whole packet. */
    public void progress() {
      client.progress();
    }

    /** The client gives way no more: it has proved who it is, or has nothing more to say. */
    public void keep() {
      client.keep();
    }

    /** Completed, on any thread, when another client has got this permit. */
    public Future<Void> displaced() {
      return displacement.future();
    }

    /** Gives the permit back. */
    public void release() {
      giveBack();
    }

    /** Its own network or site, if that has more clients than it may have now. */
    private Optional<String> crowded() {
      if (!known) {
        return Optional.empty();
      }
      int share = limits.handshakesOfAnAddress();
      int freeBefore = limits.handshakes() - all.get() + 1;
      return crowds.crowded(
          client,
          freeBefore < share
              ? Math.min(share, limits.handshakesPerAddress())
              : limits.handshakesPerAddress());
    }

    private boolean giveWay() {
      if (!giveBack()) {
        return false;
      }
      logDisplaced();
      displacement.complete();
      return true;
    }

    private boolean giveBack() {
      if (!held.compareAndSet(true, false)) {
        return false;
      }
      all.decrementAndGet();
      client.leave();
      return true;
    }
  }

  /** How many permits are taken. */
  public int taken() {
    return all.get();
  }

  /** How many clients were closed because there was no room. */
  public long refused() {
    return refused.get();
  }

  /** How many silent clients were closed to make room. */
  public long displaced() {
    return displaced.get();
  }

  /**
   * A permit for one that has just connected; empty if there is no room.
   *
   * @param peer the other end of the connection
   * @param proxied whether that is a load balancer, which has yet to tell the client's own address
   */
  public Optional<Permit> admit(Limits limits, InetAddress peer, boolean proxied) {
    int total = all.incrementAndGet();
    Permit permit = new Permit(limits, !proxied);
    permit.client.join(ClientSource.of(peer));
    if (total <= limits.handshakes() || makeRoom(permit)) {
      return Optional.of(permit);
    }
    permit.release();
    logRefused(total + " in all");
    return Optional.empty();
  }

  private boolean makeRoom(Permit permit) {
    return permit
        .crowded()
        .or(crowds::largest)
        .filter(crowd -> crowds.makeRoom(crowd, permit.client))
        .isPresent();
  }

  private void logDisplaced() {
    long count = displaced.incrementAndGet();
    if (rate.takeOne("silent clients that gave way to new ones")) {
      LOG.warn("silent clients give way to new ones; {} were closed so far", count);
    }
  }

  private void logRefused(String howMany) {
    long count = refused.incrementAndGet();
    if (rate.take("too many clients that have not logged in", "")) {
      LOG.warn(
          "too many clients that have not logged in: {}; {} were closed so far", howMany, count);
    }
  }
}
