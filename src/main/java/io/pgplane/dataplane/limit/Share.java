package io.pgplane.dataplane.limit;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The sessions of this member under one limit, and how many of the limit's places are this
 * member's. All methods may be called by any thread at any time, and lock nothing.
 *
 * <p>What a member holds and what is taken of it change in one step, so that a place is never given
 * away and taken at the same time.
 */
public final class Share {
  /** Of a limit that is this member's alone. */
  public static final int ALL = Integer.MAX_VALUE;

  /** What is held in the upper half, what is taken of it in the lower. */
  private final AtomicLong state;

  private final Source source;
  private volatile int most;
  private volatile int keep = ALL;
  private volatile Runnable freed = () -> {};

  /** Where more of it may come from. */
  public interface Source {
    /** There is none. */
    Source NONE = new Source() {};

    /** Somebody waits for a place that this member does not hold. */
    default void wanted() {}

    /** Whether the others are known to have none to spare. */
    default boolean hasNone() {
      return false;
    }

    /**
     * The limit has changed.
     *
     * @param before 0 if there was none
     */
    default void changed(int before) {}

    /** A place has come free that is above what this member should keep; it holds it no more. */
    default void yielded() {}
  }

  /** A share that begins with no session and no limit. */
  public Share(int held, Source source) {
    this.state = new AtomicLong((long) held << Integer.SIZE);
    this.source = source;
  }

  /** One that is all of its limit. */
  public static Share ofAll() {
    return new Share(ALL, Source.NONE);
  }

  /** How many sessions there are. */
  public int taken() {
    return taken(state.get());
  }

  /** How many places are this member's, taken or not. */
  public int held() {
    return held(state.get());
  }

  /** The limit itself; 0 if there is none. */
  public int most() {
    return most;
  }

  /** Changes the limit; whoever waits must be told by {@link #freed}. */
  public void most(int other) {
    int before = most;
    if (before != other) {
      most = other;
      source.changed(before);
    }
  }

  /** Whom to tell when this member has been given places. */
  public void onFreed(Runnable told) {
    freed = told;
  }

  /** There may be a place for who waits. */
  public void freed() {
    freed.run();
  }

  /**
   * Whether there is a place now.
   *
   * @param reserve how many above the limit are for the asker, too
   */
  public boolean hasPlace(int reserve) {
    return hasPlace(state.get(), reserve);
  }

  /** Takes a place, if there is one. */
  public boolean tryTake(int reserve) {
    long seen = state.get();
    while (hasPlace(seen, reserve)) {
      if (state.compareAndSet(seen, seen + 1)) {
        if (taken(seen) >= held(seen)) {
          want(); // the reserve is not for long
        }
        return true;
      }
      seen = state.get();
    }
    return false;
  }

  /** Gives a place back. */
  public void release() {
    long seen = state.get();
    while (!state.compareAndSet(seen, of(released(seen), taken(seen) - 1))) {
      seen = state.get();
    }
    if (released(seen) != held(seen)) {
      source.yielded();
    }
  }

  private int released(long seen) {
    int held = held(seen);
    return held > keep && held >= taken(seen) ? held - 1 : held;
  }

  /** Whether there could be a place if others gave theirs. */
  public boolean growable() {
    return held() < most;
  }

  /** Whether it makes no sense to wait for the others. */
  public boolean isExhausted() {
    return !growable() || source.hasNone();
  }

  /** Asks for more, since somebody waits. */
  public void want() {
    if (growable()) {
      source.wanted();
    }
  }

  /** This many more places are this member's; who waits is to be told by {@link #freed}. */
  public void grow(int more) {
    state.addAndGet((long) more << Integer.SIZE);
  }

  /**
   * Up to so many places that nobody has taken are this member's no more.
   *
   * @return how many
   */
  public int shrink(int atMost) {
    while (true) {
      long seen = state.get();
      int free = Math.max(0, Math.min(atMost, held(seen) - taken(seen)));
      if (free == 0 || state.compareAndSet(seen, of(held(seen) - free, taken(seen)))) {
        return free;
      }
    }
  }

  /** Places above so many are given up as they come free, since others wait for them. */
  public void keep(int places) {
    keep = places;
  }

  private boolean hasPlace(long seen, int reserve) {
    int bound = most;
    return bound == 0 || taken(seen) < (long) Math.min(bound, held(seen)) + reserve;
  }

  private static long of(int held, int taken) {
    return (long) held << Integer.SIZE | taken;
  }

  private static int held(long seen) {
    return (int) (seen >>> Integer.SIZE);
  }

  private static int taken(long seen) {
    return (int) seen;
  }
}
