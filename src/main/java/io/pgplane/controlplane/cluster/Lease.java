package io.pgplane.controlplane.cluster;

import io.pgplane.controlplane.cluster.Plan.Need;
import io.pgplane.dataplane.limit.Share;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * This member's share of one limit, and its entry of the table, which it changes by
 * compare-and-set. What it gives it has no more before it says so; what it takes it has only once
 * it is sure that all have been told.
 */
final class Lease implements Share.Source {
  /** Who still waits asks again each second. */
  private static final long WANTED_NANOS = TimeUnit.SECONDS.toNanos(2);

  /** Hazelcast takes a write for done after 5 s, whether or not all copies have it. */
  private static final long SURE_NANOS = TimeUnit.SECONDS.toNanos(2);

  /** In this time the others have given what they can spare. */
  private static final long SPARE_MILLIS = 250;

  private static final int TRIES = 16;
  private static final int SAMPLES = 3;

  private final String key;
  private final SealedTexts table;
  private final Leases leases;
  private final Share share = new Share(0, this);
  private final Errand settling;
  private final int[] unused = new int[SAMPLES];
  private volatile int idle;
  private volatile long wantedAt = System.nanoTime() - WANTED_NANOS;
  private volatile long ticket;
  private volatile long ticketSince;

  Lease(String key, SealedTexts table, Leases leases) {
    this.key = key;
    this.table = table;
    this.leases = leases;
    this.settling = new Errand(leases, this::settleOrSay);
  }

  Share share() {
    return share;
  }

  String key() {
    return key;
  }

  @Override
  public void wanted() {
    wantedAt = System.nanoTime();
    if (ticket == 0) {
      settling.ask();
    }
  }

  @Override
  public void changed(int before) {
    int most = share.most();
    if (most != 0 && (before == 0 || most < before)) {
      share.shrink(Share.ALL); // others may have it by now
    }
    if (before != 0 || share.taken() > 0) {
      settling.ask();
    }
  }

  @Override
  public void yielded() {
    settling.ask();
  }

  @Override
  public boolean hasNone() {
    long spare = TimeUnit.MILLISECONDS.toNanos(SPARE_MILLIS);
    return ticket != 0 && System.nanoTime() - ticketSince > spare && !leases.isUnsure();
  }

  /** Brings the table and this member's memory in step, soon. */
  void ask() {
    settling.ask();
  }

  /** Those who wait here ask again if they still do. */
  void askAgain() {
    if (ticket != 0 || isWanted()) {
      share.freed();
      settling.ask();
    }
  }

  /** Takes note of how much is not used; what never was of late may go. By one thread. */
  void sample() {
    System.arraycopy(unused, 0, unused, 1, SAMPLES - 1);
    unused[0] = Math.max(0, share.held() - share.taken());
    int least = unused[0];
    for (int sample : unused) {
      least = Math.min(least, sample);
    }
    idle = least;
  }

  /** Somebody else has changed the entry: there may be something to do about it. */
  void noticed(@Nullable String text) {
    View view = leases.view();
    Claims read = Entry.parse(text);
    Plan plan = Plan.of(read, view, need());
    share.keep(plan.keep());
    int places = need().places() - plan.give() + plan.take();
    if (!plan.after(view, places).saysThisOf(read)) {
      settling.ask();
    }
  }

  /** Gives all back; blocks. */
  synchronized void end() {
    share.shrink(Share.ALL);
    Entry.change(table, key, claims -> claims.with(leases.view().me(), Claims.Claim.NOTHING));
  }

  /** Brings table and memory in step; blocks. */
  synchronized void settle() {
    for (int i = 0; i < TRIES; i++) {
      if (attempt()) {
        leases.active(this, need().places() > 0 || isWanted());
        return;
      }
    }
    settling.ask();
  }

  private void settleOrSay() {
    leases.active(this, true);
    try {
      settle();
    } catch (RuntimeException e) {
      leases.failed(key, e); // what is held stays held; the next tick tries again
    }
  }

  private boolean attempt() {
    long begin = System.nanoTime();
    Set<String> present = leases.present();
    View view = leases.view();
    String text = table.get(key);
    Claims read = Entry.parse(text);
    Plan plan = leases.mayTake() ? Plan.of(read, view, need()) : Plan.telling(read, view);
    share.keep(plan.keep());
    share.shrink(plan.give());
    Claims after = plan.after(view, need().places() + plan.take());
    if ((plan.take() > 0 || !after.saysThisOf(read)) && !Entry.replace(table, key, text, after)) {
      return false;
    }
    waits(plan.ticket());
    if (plan.take() == 0) {
      return true;
    }
    boolean sure = System.nanoTime() - begin < SURE_NANOS && present.equals(leases.present());
    if (sure) {
      wantedAt = System.nanoTime() - WANTED_NANOS;
      share.grow(plan.take());
      share.freed();
    }
    return sure;
  }

  private void waits(long next) {
    if (ticket == 0 && next != 0) {
      ticketSince = System.nanoTime();
      leases.later(SPARE_MILLIS + 1, share::freed);
    }
    ticket = next;
  }

  private Need need() {
    return new Need(
        share.most(), share.held(), share.taken(), idle, isWanted() && share.growable());
  }

  private boolean isWanted() {
    return System.nanoTime() - wantedAt < WANTED_NANOS;
  }
}
