package io.pgplane.dataplane.limit;

import io.vertx.core.Future;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of this member, counted by what they have in common. They are counted also where
 * there is no limit, so that one can be set while they last.
 */
public final class Places {
  private record Key(Limit.Kind kind, String name) {}

  private final Shares shares;
  private final Map<Key, Count> counts = new ConcurrentHashMap<>();
  private volatile ToIntFunction<Limit> inForce = Limit::most;

  /** Places of a member that is alone. */
  public Places() {
    this(Shares.ALONE);
  }

  public Places(Shares shares) {
    this.shares = shares;
  }

  /**
   * These limits hold from now on, also for those who wait.
   *
   * @param mostOf how many places there are; what it has no answer to stays as it was asked for
   */
  public void limits(ToIntFunction<Limit> mostOf) {
    inForce = mostOf;
    for (Count count : counts.values()) {
      count.refresh();
      count.room.freed();
    }
  }

  /**
   * A place under a limit; must be called on the session's own context.
   *
   * @param gone completed when the session's client has left
   * @return fails with 53300 and the limit's name
   */
  public Future<Place> enter(Limit limit, Patience patience, Future<Void> gone) {
    Count count = join(limit);
    count.refresh();
    return count
        .room
        .enter(
            // The reserve alone makes a difference among those who wait.
            new WaitingRoom.Visitor<>(
                limit.reserve(), () -> count.take(limit, patience.length() == 0), gone),
            limit.of(count.share.most()),
            patience.orFor(count.share))
        .onComplete(done -> leave(count));
  }

  /** How many places are taken, of all kinds together. */
  public int taken() {
    return counts.values().stream().mapToInt(count -> count.share.taken()).sum();
  }

  /** How many wait for one. */
  public int waiting() {
    return counts.values().stream().mapToInt(count -> count.room.waiting()).sum();
  }

  private Count join(Limit limit) {
    return counts.compute(
        new Key(limit.kind(), limit.name()),
        (key, there) -> (there == null ? new Count(key, limit) : there).joined());
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
    private final Limit first;
    private final WaitingRoom<Place> room = new WaitingRoom<>();
    private final Share share;
    private int users; // only touched inside the map's compute
    private volatile @Nullable ToIntFunction<Limit> seen;

    Count(Key key, Limit first) {
      this.key = key;
      this.first = first;
      this.share = key.kind().isShared() ? shares.of(key.kind(), key.name()) : Share.ofAll();
      share.onFreed(room::freed);
    }

    Count joined() {
      users++;
      return this;
    }

    @Nullable Count left() {
      return --users == 0 ? null : this;
    }

    void refresh() {
      ToIntFunction<Limit> now = inForce;
      if (seen != now) {
        share.most(now.applyAsInt(first));
        seen = now;
      }
    }

    /** Who comes to wait for other members only need not do so once they have nothing. */
    Optional<Place> take(Limit limit, boolean forOthersOnly) {
      if (!share.tryTake(limit.reserve())) {
        share.want();
        if (forOthersOnly && share.isExhausted()) {
          throw limit.of(share.most()).exceeded("");
        }
        return Optional.empty();
      }
      if (rejoin(this)) {
        return Optional.of(new Taken(this));
      }
      share.release();
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
        count.share.release();
        count.room.freed();
        leave(count);
      }
    }
  }
}
