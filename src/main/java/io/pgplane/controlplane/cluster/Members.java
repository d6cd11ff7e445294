package io.pgplane.controlplane.cluster;

import com.hazelcast.core.EntryEvent;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import com.hazelcast.map.listener.EntryAddedListener;
import com.hazelcast.map.listener.EntryUpdatedListener;
import io.pgplane.controlplane.events.Peer;
import io.pgplane.controlplane.revision.ControlException;
import io.pgplane.controlplane.revision.ControlException.Kind;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who is there: {@code pgplane.members} of Hazelcast has a line for each member, under the number
 * that it has claimed. A line whose Vert.x node is in the cluster no more counts no more.
 */
public final class Members {
  private static final Logger LOG = LoggerFactory.getLogger(Members.class);

  /** As many as ten bits of a cancel key tell. */
  private static final int MOST = 1023;

  private static final long LOOK_MILLIS = 1000;
  private static final int NAME_TRIES = 20;

  private final Vertx vertx;
  private final IMap<Integer, String> table;
  private final String name;
  private final String node;
  private final Nodes nodes;
  private volatile int number;
  private volatile Map<Integer, Peer> there = Map.of();
  private long timer = -1;

  Members(Vertx vertx, HazelcastInstance hazelcast, String name) {
    this.vertx = vertx;
    this.table = hazelcast.getMap("pgplane.members");
    this.name = name;
    this.nodes = new Nodes(hazelcast);
    this.node = nodes.own();
  }

  /**
   * Takes a number, and looks who else is there from now on.
   *
   * @return fails as forbidden if another member that lives has this name
   */
  public Future<Void> join() {
    table.addEntryListener((EntryAddedListener<Integer, String>) this::changed, false);
    table.addEntryListener((EntryUpdatedListener<Integer, String>) this::changed, false);
    return claimName(NAME_TRIES)
        .onSuccess(done -> timer = vertx.setPeriodic(LOOK_MILLIS, tick -> lookAgain()));
  }

  /** Says goodbye: nobody needs to find out. */
  public Future<Void> leave() {
    vertx.cancelTimer(timer);
    return run(
        () -> {
          table.remove(number, line());
          number = 0;
        });
  }

  /** This member's own number; 0 if it has none. */
  public int number() {
    return number;
  }

  public String node() {
    return node;
  }

  /** The other members, as of a moment ago. */
  public List<Peer> others() {
    Set<String> alive = nodes.all();
    return there.values().stream()
        .filter(peer -> !peer.node().equals(node) && alive.contains(peer.node()))
        .toList();
  }

  /** The other member of this number. */
  public Optional<Peer> other(int ofNumber) {
    return Optional.ofNullable(there.get(ofNumber)).filter(peer -> others().contains(peer));
  }

  /** How many members are there, this one included. */
  public int size() {
    return nodes.all().size();
  }

  private Future<Void> claimName(int tries) {
    return run(this::look)
        .compose(
            looked -> {
              if (others().stream().noneMatch(peer -> peer.name().equals(name))) {
                return run(this::claim);
              } else if (tries == 0) {
                return Future.failedFuture(
                    ControlException.of(
                        Kind.FORBIDDEN,
                        "another member is called \""
                            + name
                            + "\"; give each a cluster.member of its own"));
              }
              // It may be this one before its restart.
              return vertx
                  .timer(LOOK_MILLIS, TimeUnit.MILLISECONDS)
                  .compose(waited -> claimName(tries - 1));
            });
  }

  private void changed(EntryEvent<Integer, String> event) {
    lookAgain();
  }

  private void lookAgain() {
    run(() -> {
          look();
          keep();
        })
        .onFailure(e -> LOG.debug("the members cannot be seen", e));
  }

  private void look() {
    Map<Integer, Peer> seen = new HashMap<>();
    for (Integer taken : SealedMap.keys(table, Integer.class)) {
      SealedMap.value(table, String.class, () -> table.get(taken))
          .flatMap(line -> peer(taken, line))
          .ifPresent(peer -> seen.put(taken, peer));
    }
    there = Map.copyOf(seen);
  }

  /** A partition may have cost this member its line, or its number. */
  private void keep() {
    int mine = number;
    if (mine == 0) {
      return;
    }
    String line = table.putIfAbsent(mine, line());
    if (line != null && !line.equals(line())) {
      claim();
      LOG.warn("number {} is another member's since the merge; this one is {} now", mine, number);
    }
  }

  private void claim() {
    int first = ThreadLocalRandom.current().nextInt(MOST);
    Set<String> alive = nodes.all();
    for (int i = 0; i < MOST; i++) {
      int candidate = 1 + (first + i) % MOST;
      String line = table.putIfAbsent(candidate, line());
      boolean stale =
          line != null && peer(candidate, line).filter(p -> alive.contains(p.node())).isEmpty();
      if (line == null || (stale && table.replace(candidate, line, line()))) {
        number = candidate;
        look();
        return;
      }
    }
    throw new IllegalStateException("all " + MOST + " numbers of members are taken");
  }

  private String line() {
    return new JsonObject().put("name", name).put("node", node).encode();
  }

  private static Optional<Peer> peer(int number, String line) {
    try {
      JsonObject json = new JsonObject(line);
      boolean whole = json.containsKey("name") && json.containsKey("node");
      return whole && number > 0 && number <= MOST
          ? Optional.of(new Peer(number, json.getString("name"), json.getString("node")))
          : Optional.empty();
    } catch (DecodeException | ClassCastException e) {
      return Optional.empty();
    }
  }

  private Future<Void> run(Runnable work) {
    return vertx.executeBlocking(
        () -> {
          work.run();
          return null;
        },
        false);
  }
}
