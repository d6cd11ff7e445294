package io.pgplane.bench;

import io.pgplane.dataplane.limit.Limit;
import io.pgplane.dataplane.limit.Patience;
import io.pgplane.dataplane.limit.Place;
import io.pgplane.dataplane.limit.Places;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;

/** A place under one limit, and its return. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
public class PlacesBench {
  @Param({"0", "1000"})
  private int most;

  private final Places places = new Places();
  private final Future<Void> never = Promise.<Void>promise().future();

  /** By one event loop alone. */
  @Benchmark
  public Place alone() {
    return enter();
  }

  /** By all event loops at the same time. */
  @Benchmark
  @Threads(Threads.MAX)
  public Place together() {
    return enter();
  }

  private Place enter() {
    Place place =
        places.enter(new Limit(Limit.Kind.USER, "alice", most), Patience.NONE, never).result();
    place.release();
    return place;
  }
}
