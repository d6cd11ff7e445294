package io.pgplane.dataplane.limit;

/**
 * How long to wait for a place.
 *
 * @param length of the queue, at most; 0 if nobody waits
 * @param millis 0 for as long as the login may take
 */
public record Patience(int length, long millis) {
  public static final Patience NONE = new Patience(0, 0);
}
