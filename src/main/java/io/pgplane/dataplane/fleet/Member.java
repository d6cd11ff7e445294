package io.pgplane.dataplane.fleet;

import io.pgplane.topology.Server;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** A server in its place of a pool: what the configuration says of it, and how it does. */
final class Member {
  /** So much is a weight of one, which leaves room for the small steps of a slow start. */
  private static final int UNIT = 1000;

  private final Server server;
  private final ServerState state;
  private final Duration slowStart;
  private final long hash;
  private final AtomicLong turn = new AtomicLong();

  Member(Server server, ServerState state, Duration slowStart) {
    this.server = server;
    this.state = state;
    this.slowStart = slowStart;
    // Of its name alone, so that all members of a cluster agree.
    this.hash = Mix.of(state.toString().hashCode());
  }

  Server server() {
    return server;
  }

  ServerState state() {
    return state;
  }

  /** Its share against that of the others, as it is now: at least 1. */
  int weight() {
    return state.share(server.weight() * UNIT, slowStart);
  }

  /** A number of its own, the same at each member. */
  long hash() {
    return hash;
  }

  /** How far {@link RoundRobin} has come with it. */
  AtomicLong turn() {
    return turn;
  }
}
