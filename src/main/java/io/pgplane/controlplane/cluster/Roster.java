package io.pgplane.controlplane.cluster;

import com.hazelcast.cluster.Member;
import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.cluster.MembershipListener;
import com.hazelcast.core.HazelcastInstance;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which incarnations of members there are, and which of them were lost. It has a table of its own:
 * the incarnation, the Hazelcast member that it is, and whether it is a voter.
 */
final class Roster {
  /** For what was lost with a member to be put back. */
  static final long PAUSE_MILLIS = 1_000;

  private static final String VOTER = " voter";

  private final HazelcastInstance hazelcast;
  private final SealedTexts table;
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
  Roster(HazelcastInstance hazelcast, SealedTexts table, String me, Duration hold) {
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
    Set<String> voters = new HashSet<>();
    all.forEach(
        (holder, record) -> {
          if (here.contains(uuid(record))) {
            alive.add(holder);
          }
          if (record.endsWith(VOTER)) {
            voters.add(holder);
          }
        });
    Set<String> everybody = new HashSet<>(all.keySet());
    everybody.add(me);
    return new View(me, everybody, alive, voters);
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
    return uuid().equals(uuid(record()));
  }

  /** Whether somebody was lost just now, and with it perhaps what it kept of the tables. */
  boolean isPaused() {
    return System.nanoTime() - pausedUntil < 0;
  }

  void pause() {
    pausedUntil = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PAUSE_MILLIS);
  }

  /**
   * Has somebody told when members come or go.
   *
   * @param worker for what blocks
   * @return ends it
   */
  Runnable listen(Runnable told, Errand.Worker worker) {
    Runnable entries =
        table.listen(
            (key, value, own) -> {
              known.changed(key, value);
              told.run();
            },
            lost -> {
              pause();
              worker.run(() -> known.restore(lost.getPartitionId()));
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
                    if (knows(event.getMember().getUuid().toString())) {
                      pause(); // it has not said goodbye
                    }
                    told.run();
                  }
                });
    return () -> {
      entries.run();
      hazelcast.getCluster().removeMembershipListener(members);
    };
  }

  /** Tells the others whom it has known on another side; blocks. */
  void remember() {
    known
        .all()
        .forEach(
            (holder, record) -> {
              if (!holder.equals(me)) {
                table.putIfAbsent(holder, record);
              }
            });
  }

  /** Tells the others that this member is here; blocks. */
  void enter() {
    set(record().endsWith(VOTER));
  }

  /** Makes this member a voter if nobody is lost; blocks. */
  void vote() {
    View view = view();
    if (!record().endsWith(VOTER) && view.alive().equals(view.known())) {
      set(true);
    }
  }

  private void set(boolean voter) {
    String record = uuid() + (voter ? VOTER : "");
    table.set(me, record);
    known.changed(me, record);
  }

  /** Says goodbye; blocks. */
  void leave() {
    table.delete(me);
  }

  /**
   * Reads the table; blocks.
   *
   * @param holders all that claim places, of whom some may have come to no table, or left it
   * @return those that are given up: lost for too long, or here again in a new incarnation of this
   *     member
   */
  synchronized Set<String> look(Set<String> holders) {
    known.look();
    Map<String, String> all = known.all();
    Set<String> here = present();
    Set<String> lost =
        Stream.concat(all.keySet().stream(), holders.stream())
            .filter(holder -> !holder.equals(me))
            .filter(holder -> !here.contains(uuid(all.getOrDefault(holder, ""))))
            .collect(Collectors.toSet());
    lostSince.keySet().retainAll(lost);
    long now = System.nanoTime();
    lost.forEach(holder -> lostSince.putIfAbsent(holder, now));
    return lostSince.entrySet().stream()
        .filter(
            one ->
                (all.containsKey(one.getKey()) && isMyself(one.getKey()))
                    || isOver(now - one.getValue()))
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  /** Nobody waits for it any more; blocks. */
  void forget(String holder) {
    known.changed(holder, null);
    table.delete(holder);
  }

  private String uuid() {
    return hazelcast.getCluster().getLocalMember().getUuid().toString();
  }

  private String record() {
    return known.all().getOrDefault(me, "");
  }

  private boolean knows(String uuid) {
    return known.all().values().stream().anyMatch(record -> uuid(record).equals(uuid));
  }

  private static String uuid(String record) {
    return record.endsWith(VOTER) ? record.substring(0, record.length() - VOTER.length()) : record;
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
