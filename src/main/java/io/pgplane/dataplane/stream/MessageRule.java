package io.pgplane.dataplane.stream;

/**
 * Which messages may come next. Asked as soon as the header is there, so that a length never sizes
 * anything before somebody has agreed to it. Both methods throw the {@link
 * io.pgplane.failure.Failure} that the peer has earned.
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
}
