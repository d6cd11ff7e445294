package io.pgplane.dataplane.limit;

import io.vertx.core.Future;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of this member, counted by what they have in common. They are counted also where
 * there is no limit, so that one can be set while they last.
 */
public final class Places {
  private record Key(Limit.Kind kind, String name) {}

  private final Map<Key, Count> counts = new ConcurrentHashMap<>();

  /**
   * A place under a limit; must be called on the session's own context.
   *
   * @param gone completed when the session's client has left
   * @return fails with 53300 and the limit's name
   */
  public Future<Place> enter(Limit limit, Patience patience, Future<Void> gone) {
    Count count = join(new Key(limit.kind(), limit.name()));
    return count
        .room
        .enter(
            new WaitingRoom.Visitor<>(limit, () -> count.take(limit.most()), gone), limit, patience)
        .onComplete(done -> leave(count));
  }

  /** How many places are taken, of all kinds together. */
  public int taken() {
    return counts.values().stream().mapToInt(count -> count.taken.get()).sum();
  }

  /** How many wait for one. */
  public int waiting() {
    return counts.values().stream().mapToInt(count -> count.room.waiting()).sum();
  }

  private Count join(Key key) {
    return counts.compute(key, (same, there) -> (there == null ? new Count(key) : there).joined());
  }

  /** Not if the count is forgotten, since who asked for a place has left by then. */
  private boolean rejoin(Count count) {
    return counts.computeIfPresent(
            count.key, (key, there) -> there == count ? there.joined() : there)
        == count;
  }

  private void leave(Count count) {
    counts.computeIfPresent(count.key, (key, there) -> there == count ? there.left() : there);
  }

  /** Lives as long as somebody has a place or waits for one. */
  private final class Count {
    private final Key key;
    private final WaitingRoom<Place> room = new WaitingRoom<>();
    private final AtomicInteger taken = new AtomicInteger();
    private int users; // only touched inside the map's compute

    Count(Key key) {
      this.key = key;
    }

    Count joined() {
      users++;
      return this;
    }

    @Nullable Count left() {
      return --users == 0 ? null : this;
    }

    Optional<Place> take(int most) {
      int now = taken.get();
      while (most == 0 || now < most) {
        if (taken.compareAndSet(now, now + 1)) {
          if (rejoin(this)) {
            return Optional.of(new Taken(this));
          }
          taken.decrementAndGet();
          return Optional.empty();
        }
        now = taken.get();
      }
      return Optional.empty();
    }
  }

  private final class Taken implements Place {
    private final Count count;
    private final AtomicBoolean released = new AtomicBoolean();

    Taken(Count count) {
      this.count = count;
    }

    @Override
    public void release() {
      if (released.compareAndSet(false, true)) {
        count.taken.decrementAndGet();
        count.room.freed();
        leave(count);
      }
    }
  }
}
