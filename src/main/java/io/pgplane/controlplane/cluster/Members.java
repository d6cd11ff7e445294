package io.pgplane.controlplane.cluster;

import com.hazelcast.core.HazelcastInstance;
import io.pgplane.controlplane.events.Peer;
import io.pgplane.controlplane.revision.ControlException;
import io.pgplane.controlplane.revision.ControlException.Kind;
import io.pgplane.controlplane.revision.Sealer;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who is there: {@code pgplane.members} of Hazelcast has a line for each member, under the number
 * that it has claimed, sealed for that. A line whose Vert.x node is in the cluster no more counts
 * no more.
 */
public final class Members {
  private static final Logger LOG = LoggerFactory.getLogger(Members.class);

  /** More than a cluster has: a number is found in a few tries. */
  private static final int MOST = 1023;

  private static final int LOOK_MILLIS = 1000;
  private static final int NAME_TRIES = 20;

  private final Vertx vertx;
  private final Sealer sealer;
  private final SealedMap<Integer> table;
  private final String name;
  private final String node;
  private final Nodes nodes;
  private volatile int number;
  private volatile Map<Integer, Line> there = Map.of();
  private Runnable unlisten = () -> {};
  private long timer = -1;

  /**
   * What lies under a number.
   *
   * @param peer empty if it is no member's line
   */
  private record Line(Buffer bytes, Optional<Peer> peer) {}

  Members(Vertx vertx, HazelcastInstance hazelcast, String name, Sealer sealer) {
    this.vertx = vertx;
    this.sealer = sealer;
    this.table = new SealedMap<>(hazelcast.getMap("pgplane.members"), Integer.class);
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
    unlisten = table.listen(this::lookAgain);
    return claimName(NAME_TRIES, Set.of())
        .onSuccess(done -> timer = vertx.setPeriodic(LOOK_MILLIS, tick -> lookAgain()));
  }

  /** Says goodbye: nobody needs to find out. */
  public Future<Void> leave() {
    vertx.cancelTimer(timer);
    unlisten.run();
    return run(this::withdraw);
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
    return known().filter(peer -> alive.contains(peer.node())).toList();
  }

  /** The other member of this number. */
  public Optional<Peer> other(int ofNumber) {
    return others().stream().filter(peer -> peer.number() == ofNumber).findAny();
  }

  /** How many members are there, this one included. */
  public int size() {
    return nodes.all().size();
  }

  /** The others, some of which may be gone. */
  private Stream<Peer> known() {
    return there.values().stream()
        .flatMap(line -> line.peer().stream())
        .filter(peer -> !peer.node().equals(node));
  }

  /**
   * Tries until nobody else has the name.
   *
   * @param before who had it at the last try
   */
  private Future<Void> claimName(int tries, Set<Peer> before) {
    return vertx
        .executeBlocking(() -> tryName(before), false)
        .compose(
            rivals -> {
              if (rivals.isEmpty()) {
                return Future.succeededFuture();
              } else if (tries == 0) {
                return Future.failedFuture(
                    ControlException.of(
                        Kind.FORBIDDEN,
                        "another member is called \""
                            + name
                            + "\"; give each a cluster.member of its own"));
              }
              // It may be this one before its restart; or two that start now, and both make way.
              long wait = LOOK_MILLIS / 2L + ThreadLocalRandom.current().nextInt(LOOK_MILLIS);
              return vertx
                  .timer(wait, TimeUnit.MILLISECONDS)
                  .compose(waited -> claimName(tries - 1, rivals));
            });
  }

  /**
   * Takes a number unless somebody has the name. Looks again once it has: of two that do so at the
   * same time, one sees the other.
   */
  private Set<Peer> tryName(Set<Peer> before) {
    look();
    Set<String> alive = nodes.all();
    for (Peer rival : rivals()) {
      // Who is not in the cluster at the second look either, is not about to join it.
      if (before.contains(rival) && !alive.contains(rival.node())) {
        Optional.ofNullable(there.get(rival.number()))
            .ifPresent(line -> table.remove(rival.number(), line.bytes().getBytes()));
      }
    }
    look();
    if (rivals().isEmpty()) {
      claim();
      if (!rivals().isEmpty()) {
        withdraw();
      }
    }
    return rivals();
  }

  private Set<Peer> rivals() {
    return known().filter(peer -> peer.name().equals(name)).collect(Collectors.toSet());
  }

  private void lookAgain() {
    run(() -> {
          look();
          keep();
        })
        .onFailure(e -> LOG.debug("the members cannot be seen", e));
  }

  private void look() {
    Map<Integer, Line> before = there;
    Map<Integer, Line> seen = new HashMap<>();
    for (Integer taken : table.keySet()) {
      byte[] bytes = table.get(taken);
      if (bytes != null) {
        seen.put(taken, line(taken, Buffer.buffer(bytes), before.get(taken)));
      }
    }
    there = Map.copyOf(seen);
  }

  /** The same as before, if it is: what is no member's is told once. */
  private Line line(int taken, Buffer bytes, @Nullable Line before) {
    return before != null && before.bytes().equals(bytes)
        ? before
        : new Line(bytes, peer(taken, bytes));
  }

  /** A partition, or a stranger, may have cost this member its line, or its number. */
  private void keep() {
    int mine = number;
    if (mine == 0) {
      return;
    }
    byte[] line = table.putIfAbsent(mine, line(mine));
    Optional<Peer> peer =
        Optional.ofNullable(line).flatMap(bytes -> peer(mine, Buffer.buffer(bytes)));
    if (line == null || peer.filter(it -> it.node().equals(node)).isPresent()) {
      return;
    } else if (peer.isEmpty()) {
      table.replace(mine, line, line(mine));
    } else {
      claim();
      LOG.warn("number {} is another member's since the merge; this one is {} now", mine, number);
    }
  }

  private void claim() {
    int first = ThreadLocalRandom.current().nextInt(MOST);
    Set<String> alive = nodes.all();
    for (int i = 0; i < MOST; i++) {
      int candidate = 1 + (first + i) % MOST;
      byte[] mine = line(candidate);
      byte[] line = table.putIfAbsent(candidate, mine);
      boolean stale =
          line != null
              && peer(candidate, Buffer.buffer(line))
                  .filter(p -> alive.contains(p.node()))
                  .isEmpty();
      if (line == null || (stale && table.replace(candidate, line, mine))) {
        number = candidate;
        look();
        return;
      }
    }
    throw new IllegalStateException("all " + MOST + " numbers of members are taken");
  }

  private void withdraw() {
    int mine = number;
    number = 0;
    byte[] line = table.get(mine);
    if (line != null
        && peer(mine, Buffer.buffer(line)).filter(it -> it.node().equals(node)).isPresent()) {
      table.remove(mine, line);
    }
  }

  private byte[] line(int of) {
    String line = new JsonObject().put("name", name).put("node", node).encode();
    return sealer.seal(place(of), line).getBytes();
  }

  private Optional<Peer> peer(int of, Buffer line) {
    return sealer
        .open(place(of), line)
        .map(JsonObject::new)
        .map(json -> new Peer(of, json.getString("name"), json.getString("node")));
  }

  private static String place(int number) {
    return "members/" + number;
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
