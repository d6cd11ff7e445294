package io.pgplane.dataplane.fleet;

/** The finalizer of SplitMix64 (Steele, Lea, Flood 2014; variant 13 of Stafford). */
final class Mix {
  private Mix() {}

  /** A number in which each bit of the input moves half of the bits. */
  static long of(long input) {
    long z = input + 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
