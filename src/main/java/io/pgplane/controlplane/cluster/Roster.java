package io.pgplane.controlplane.cluster;

import com.hazelcast.cluster.Member;
import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.cluster.MembershipListener;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Which incarnations of members there are, and which of them were lost. It has a table of its own:
 * the incarnation, and the Hazelcast member that it is.
 */
final class Roster {
  /** For what was lost with a member to be put back. */
  private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final HazelcastInstance hazelcast;
  private final IMap<String, String> table;
  private final String me;
  private final Duration hold;
  private final Map<String, Long> lostSince = new HashMap<>(); // only touched by look()
  private final Copies known;
  private volatile long pausedUntil = System.nanoTime();

  /**
   * Looks at nothing yet.
   *
   * @param me this incarnation
   * @param hold how long the lost are waited for; zero for ever
   */
  Roster(HazelcastInstance hazelcast, IMap<String, String> table, String me, Duration hold) {
    this.hazelcast = hazelcast;
    this.table = table;
    this.me = me;
    this.hold = hold;
    this.known = new Copies(table, hazelcast.getPartitionService());
  }

  /** An incarnation of a member: no two have the same. */
  static String incarnation(String member) {
    return member + "/" + UUID.randomUUID();
  }

  /** Who there is; looks only at what is in memory. */
  View view() {
    Set<String> here = present();
    Map<String, String> all = known.all();
    Set<String> alive = new HashSet<>(Set.of(me));
    all.forEach(
        (holder, uuid) -> {
          if (here.contains(uuid)) {
            alive.add(holder);
          }
        });
    Set<String> everybody = new HashSet<>(all.keySet());
    everybody.add(me);
    return new View(me, everybody, alive);
  }

  /** Those that are in the cluster now, as Hazelcast knows them. */
  Set<String> present() {
    return hazelcast.getCluster().getMembers().stream()
        .map(Member::getUuid)
        .map(UUID::toString)
        .collect(Collectors.toSet());
  }

  /** Whether the others know that this member is here. */
  boolean knowsMe() {
    return uuid().equals(known.all().get(me));
  }

  /** Whether somebody was lost just now, and with it perhaps what it kept of the tables. */
  boolean isPaused() {
    return System.nanoTime() - pausedUntil < 0;
  }

  void pause() {
    pausedUntil = System.nanoTime() + PAUSE_NANOS;
  }

  /**
   * Has somebody told when members come or go.
   *
   * @param worker for what blocks
   * @return ends it
   */
  Runnable listen(Runnable told, Errand.Worker worker) {
    UUID entries =
        table.addEntryListener(
            new EntryChanges(
                (key, value, own) -> {
                  known.changed(key, value);
                  told.run();
                }),
            true);
    UUID lost =
        table.addPartitionLostListener(
            event -> {
              pause();
              worker.run(() -> known.restore(event.getPartitionId()));
            });
    UUID members =
        hazelcast
            .getCluster()
            .addMembershipListener(
                new MembershipListener() {
                  @Override
                  public void memberAdded(MembershipEvent event) {
                    told.run();
                  }

                  @Override
                  public void memberRemoved(MembershipEvent event) {
                    if (known.all().containsValue(event.getMember().getUuid().toString())) {
                      pause(); // it has not said goodbye
                    }
                    told.run();
                  }
                });
    return () -> {
      table.removeEntryListener(entries);
      table.removePartitionLostListener(lost);
      hazelcast.getCluster().removeMembershipListener(members);
    };
  }

  /** Tells the others that this member is here; blocks. */
  void enter() {
    table.set(me, uuid());
    known.changed(me, uuid());
    look();
  }

  /** Says goodbye; blocks. */
  void leave() {
    table.remove(me);
  }

  /**
   * Reads the table; blocks.
   *
   * @return those that are given up: lost for too long, or here again in a new incarnation of this
   *     member
   */
  synchronized Set<String> look() {
    known.look();
    Map<String, String> all = known.all();
    Set<String> here = present();
    lostSince.keySet().removeIf(holder -> here.contains(all.getOrDefault(holder, "")));
    lostSince.keySet().retainAll(all.keySet());
    long now = System.nanoTime();
    all.forEach(
        (holder, uuid) -> {
          if (!holder.equals(me) && !here.contains(uuid)) {
            lostSince.putIfAbsent(holder, now);
          }
        });
    return lostSince.entrySet().stream()
        .filter(lost -> isMyself(lost.getKey()) || isOver(now - lost.getValue()))
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  /** Nobody waits for it any more; blocks. */
  void forget(String holder) {
    known.changed(holder, null);
    table.remove(holder);
  }

  private String uuid() {
    return hazelcast.getCluster().getLocalMember().getUuid().toString();
  }

  private boolean isMyself(String holder) {
    return nameOf(holder).equals(nameOf(me));
  }

  private boolean isOver(long nanos) {
    return !hold.isZero() && nanos > hold.toNanos();
  }

  private static String nameOf(String holder) {
    return holder.substring(0, holder.lastIndexOf('/'));
  }
}
