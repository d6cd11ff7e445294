package io.pgplane.dataplane.fleet;

import io.pgplane.dataplane.limit.WaitingRoom;
import java.util.concurrent.atomic.AtomicInteger;

/** The sessions at one backend, and those who wait to be one; the same through all reloads. */
final class Quota {
  private final AtomicInteger sessions = new AtomicInteger();
  private final WaitingRoom<Seat> room = new WaitingRoom<>();

  int sessions() {
    return sessions.get();
  }

  WaitingRoom<Seat> room() {
    return room;
  }

  boolean tryTake(int limit) {
    return ServerState.tryTake(sessions, limit);
  }

  void release() {
    sessions.decrementAndGet();
  }
}
