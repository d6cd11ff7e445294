package io.pgplane.controlplane.cluster;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.hazelcast.core.HazelcastInstance;
import io.pgplane.controlplane.revision.Sealer;
import io.pgplane.dataplane.limit.Limit;
import io.pgplane.dataplane.limit.Share;
import io.pgplane.dataplane.limit.Shares;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The limits that hold for all members together, as leases: of each limit every member holds some
 * places, takes more when it needs them, and gives back what it does not use.
 *
 * <p>A login asks the memory alone: {@link Share}. Where it finds no place and the limit has more
 * than this member holds, it waits, and the entry of the limit in a Hazelcast map is changed by
 * compare-and-set. There each member tells how many places it holds, and whether it waits for one.
 *
 * <ul>
 *   <li>What is nobody's is taken in chunks, a part of what is left, and singly once others wait,
 *       in the order in which they began to.
 *   <li>While others wait, a member gives at once what it does not use, and as sessions end what is
 *       more than its equal part. What nobody has used for 10 s is given back anyway.
 *   <li>A limit that is lowered takes what is not used from everybody at once. Sessions are never
 *       ended: they count, and nobody gets a place until there are few enough.
 * </ul>
 *
 * <p><b>Never more than the limit.</b> What a member holds it knows by itself; the map is how the
 * others know. It holds less before it tells so, and more only after a compare-and-set that all
 * copies have (within 2 s; Hazelcast stops waiting for them after 5) while nobody came or went. So
 * no copy that is read tells less than what is held. Each entry is told anew every 5 s, and
 * whenever members come or go. A write that comes late finds an entry with another stamp.
 *
 * <p><b>Members that are lost</b> without a goodbye may be alive behind a partition, and so keep
 * what they hold until they come back, until a member of the same name starts, or until {@code
 * hold} is over. Only one side takes what is nobody's: that with more than half of the members, or
 * with half of them and the first by name; who joins counts only once nobody is lost. The stated
 * share of all others is what they hold: they take no more, and nothing of a limit that they hold
 * nothing of. The same goes for a member that Hazelcast does not answer, or refuses by split-brain
 * protection.
 *
 * <p>What was with a lost member alone, since Hazelcast was still copying it, is put back from what
 * the others have seen; they take nothing for a second meanwhile. Who comes back from another side
 * tells what it holds, and what it has seen of those who are still away, before it counts as being
 * here. If {@code hold} was over by then there may be too many, and it can only get less.
 *
 * <p>Outside of this: a partition that begins in the moment in which a member joins, before all
 * have heard of it; a member that starts alone while others run, which split-brain protection
 * prevents; and more than seven members of which all that have a copy of an entry are lost at once.
 */
public final class Leases implements Shares, Errand.Worker {
  private static final Logger LOG = LoggerFactory.getLogger(Leases.class);

  /** How Hazelcast keeps both, is said in hazelcast.xml of the jar. */
  private static final String CLAIMS = "pgplane.leases";

  private static final String MEMBERS = "pgplane.leases.members";
  private static final int THREADS = 4;
  private static final int TICK_MILLIS = 1_000;

  /** Each lease is told to the table anew after so many ticks. */
  private static final int ROUND = 5;

  /**
   * A member that is being lost holds writes up, each for 5 s at most, until it is given up after
   * 10.
   */
  private static final long STOP_SECONDS = 15;

  private static final long LOG_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final Vertx vertx;
  private final HazelcastInstance hazelcast;
  private final WorkerExecutor workers;
  private final SealedTexts table;
  private final Roster roster;
  private final Copies copies;
  private final Presence presence;
  private final Errand looking;
  private final Cache<String, Lease> leases = Caffeine.newBuilder().weakValues().build();
  private final Set<Lease> active = ConcurrentHashMap.newKeySet();
  private final List<Runnable> listening = new ArrayList<>();
  private final AtomicLong nextLog = new AtomicLong(System.nanoTime());
  private volatile boolean stopping;
  private long timer;
  private int tick; // only touched by the timer

  private Leases(
      HazelcastInstance hazelcast, String member, Vertx vertx, Duration hold, Sealer sealer) {
    this.vertx = vertx;
    this.hazelcast = hazelcast;
    this.workers =
        vertx.createSharedWorkerExecutor("pgplane-leases", THREADS, 10, TimeUnit.MINUTES);
    this.table = new SealedTexts(hazelcast.getMap(CLAIMS), sealer, "leases");
    SealedTexts incarnations = new SealedTexts(hazelcast.getMap(MEMBERS), sealer, "leases.members");
    this.roster = new Roster(hazelcast, incarnations, Roster.incarnation(member), hold);
    this.copies = new Copies(table, hazelcast.getPartitionService());
    this.presence = new Presence(table, roster, copies);
    this.looking = new Errand(this, this::lookOrSay);
  }

  /**
   * Takes part from now on.
   *
   * @param member its name, the same after a restart: what the one before held is free then
   * @param hold how long the places of a member that is gone without a goodbye stay its own, unless
   *     it comes back; zero for ever
   */
  public static Future<Leases> start(
      HazelcastInstance hazelcast, String member, Vertx vertx, Duration hold, Sealer sealer) {
    return vertx.executeBlocking(
        () -> {
          Leases leases = new Leases(hazelcast, member, vertx, hold, sealer);
          leases.listen();
          leases.lookOrSay();
          leases.timer = vertx.setPeriodic(TICK_MILLIS, fired -> leases.tick());
          return leases;
        });
  }

  @Override
  public Share of(Limit.Kind kind, String name) {
    return lease(kind + ":" + name).share();
  }

  /** Gives everything back, and takes no more; the sessions are over by now. */
  public Future<Void> stop() {
    stopping = true;
    vertx.cancelTimer(timer);
    return workers
        .<Void>executeBlocking(
            () -> {
              listening.forEach(Runnable::run);
              active.forEach(Lease::end);
              roster.leave();
              return null;
            },
            false)
        .timeout(STOP_SECONDS, TimeUnit.SECONDS)
        .eventually(workers::close);
  }

  @Override
  public void run(Runnable task) {
    workers
        .executeBlocking(
            () -> {
              task.run();
              return null;
            },
            false)
        .onFailure(e -> LOG.error("a lease was not settled", e));
  }

  View view() {
    return roster.view();
  }

  Set<String> present() {
    return roster.present();
  }

  boolean mayTake() {
    return !stopping && !isUnsure() && roster.knowsMe();
  }

  /** Whether it is not known for the moment what is held. */
  boolean isUnsure() {
    return roster.isPaused();
  }

  void later(long millis, Runnable task) {
    vertx.setTimer(millis, fired -> task.run());
  }

  /** Whether the lease is held or wanted, and so must be told anew from time to time. */
  void active(Lease lease, boolean isActive) {
    if (isActive) {
      active.add(lease);
    } else {
      active.remove(lease);
    }
  }

  void failed(String what, RuntimeException e) {
    long due = nextLog.get();
    long now = System.nanoTime();
    if (!stopping && now - due >= 0 && nextLog.compareAndSet(due, now + LOG_NANOS)) {
      LOG.warn("limits: this member keeps the places that it has: {}: {}", what, e.toString());
    }
  }

  private void listen() {
    listening.add(
        table.listen(
            this::changed,
            lost -> {
              roster.pause();
              run(() -> copies.restore(lost.getPartitionId()));
            }));
    listening.add(roster.listen(looking::ask, this));
    UUID lifecycle = hazelcast.getLifecycleService().addLifecycleListener(event -> looking.ask());
    listening.add(() -> hazelcast.getLifecycleService().removeLifecycleListener(lifecycle));
  }

  private void changed(String key, @Nullable String value, boolean own) {
    if (roster.knowsMe()) {
      copies.changed(key, value);
    }
    if (own) {
      return;
    }
    Lease lease = leases.getIfPresent(key);
    if (lease != null && active.contains(lease)) {
      lease.noticed(value);
    } else if (value != null) {
      askIfMine(key, value);
    }
  }

  /** There may be claims that it knows nothing of. */
  private void askIfMine(String key, String value) {
    if (!Claims.parse(value).of(view().me()).isNothing()) {
      lease(key).ask();
    }
  }

  private Lease lease(String key) {
    return leases.get(key, same -> new Lease(same, table, this));
  }

  private void tick() {
    tick++;
    if (tick % ROUND == 0) {
      looking.ask();
    }
    for (Lease lease : active) {
      lease.askAgain();
      if (Math.floorMod(lease.key().hashCode() - tick, ROUND) == 0) {
        lease.sample();
        lease.ask();
      }
    }
  }

  private void lookOrSay() {
    try {
      look();
    } catch (RuntimeException e) {
      failed("members", e);
    }
  }

  private void look() {
    if (!stopping) {
      presence.look(active, this::askIfMine);
      active.forEach(Lease::ask);
    }
    if (isUnsure()) {
      later(Roster.PAUSE_MILLIS + 1, () -> active.forEach(Lease::askAgain));
    }
  }
}
