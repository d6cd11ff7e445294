package io.pgplane.dataplane.fleet;

/** How busy servers are: their sessions for their weights. */
final class Load {
  private Load() {}

  /** Less than zero if the first is less busy, zero if both are as busy. */
  static int compare(Member a, Member b) {
    return Long.compare(
        (long) a.state().sessions() * b.weight(), (long) b.state().sessions() * a.weight());
  }
}
