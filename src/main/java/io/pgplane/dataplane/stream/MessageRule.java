package io.pgplane.dataplane.stream;

import io.pgplane.failure.Failure;

/**
 * Which messages may come next. Asked as soon as the header is there, so that a length never sizes
 * anything before somebody has agreed to it. The checks throw the {@link Failure} that the peer has
 * earned.
 */
public interface MessageRule {
  /** Asked when only the type is known. */
  void checkType(char type);

  /**
   * Asked when the header is complete.
   *
   * @param length the body's, may be negative
   */
  void checkLength(char type, int length);

  /**
   * What a peer has earned that shuts its side in the middle of a message.
   *
   * @param lost what it earns between two
   */
  default Failure cutOff(Failure lost) {
    return lost;
  }
}
