package io.pgplane.bench;

import io.pgplane.dataplane.fleet.Fleet;
import io.pgplane.dataplane.fleet.Pool;
import io.pgplane.dataplane.fleet.Seat;
import io.pgplane.dataplane.fleet.ServerState;
import io.pgplane.dataplane.fleet.Wish;
import io.pgplane.topology.Backend;
import io.pgplane.topology.Balancing;
import io.pgplane.topology.Cidr;
import io.pgplane.topology.Role;
import io.pgplane.topology.Server;
import io.pgplane.topology.ServerTls;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;

/** A place at a server, and its return, by policy and number of servers. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
public class BalancingBench {
  @Param({"ROUND_ROBIN", "LEAST_CONNECTIONS", "TWO_CHOICES", "RANDOM", "FIRST", "HASH"})
  private Balancing.Policy policy = Balancing.Policy.FIRST;

  @Param({"3", "30"})
  private int servers;

  private final Wish wish = new Wish(Role.ANY, Role.ANY, "somebody", Cidr.address("10.1.2.3"), 0);
  private Pool pool;

  /** Makes the servers, of unequal weights. */
  @Setup
  public void prepare() {
    List<Server> all = new ArrayList<>();
    for (int i = 0; i < servers; i++) {
      all.add(new Server("server" + i, 5432).weighing(1 + i % 3).limitedTo(1000));
    }
    Backend backend = new Backend("db", all, ServerTls.DEFAULTS).with(Balancing.of(policy));
    pool =
        Objects.requireNonNull(new Fleet().prepare(List.of(backend), Optional.empty()).get("db"));
  }

  /** By one event loop alone. */
  @Benchmark
  public ServerState alone() {
    return pick();
  }

  /** By all event loops at the same time. */
  @Benchmark
  @Threads(Threads.MAX)
  public ServerState together() {
    return pick();
  }

  private ServerState pick() {
    Seat seat = (Seat) pool.pick(wish);
    seat.succeeded();
    seat.release();
    return seat.server();
  }
}
