package io.pgplane.dataplane.limit;

import java.util.stream.Stream;

/**
 * How long to wait for a place.
 *
 * @param length of the queue, at most; 0 if nobody waits
 * @param millis 0 for as long as the login may take
 */
public record Patience(int length, long millis) {
  public static final Patience NONE = new Patience(0, 0);

  /** Until it is known whether other members have something to spare, for most in 250 ms. */
  private static final Patience FOR_OTHERS = new Patience(1_000, 3_000);

  /** The same, or a short one where nobody waits otherwise and other members may have a place. */
  public Patience orFor(Share share) {
    return length == 0 && share.growable() ? FOR_OTHERS : this;
  }

  /** The same where there are several shares. */
  public Patience orFor(Stream<Share> shares) {
    return length == 0 && shares.anyMatch(Share::growable) ? FOR_OTHERS : this;
  }
}
