package io.pgplane.protocol.scram;

import java.security.SecureRandom;

/** Zeros, so that what a fuzzer has found can be found again. */
final class FixedRandom extends SecureRandom {
  private static final long serialVersionUID = 1;

  @Override
  public void nextBytes(byte[] bytes) {}
}
