package io.pgplane.controlplane.health;

import io.pgplane.dataplane.stream.MessageRule;
import io.pgplane.failure.Failures;

/** What a server may say to a probe after its AuthenticationOk: nothing long. */
enum ProbeRule implements MessageRule {
  INSTANCE;

  private static final int MAX_BODY = 30_000;

  @Override
  public void checkType(char type) {}

  @Override
  public void checkLength(char type, int length) {
    if (length < 0 || length > MAX_BODY) {
      throw Failures.serverLogin("message of type " + (int) type + " with length " + length);
    }
  }
}
