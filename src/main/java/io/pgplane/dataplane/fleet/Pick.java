package io.pgplane.dataplane.fleet;

/** What a login gets when it asks a {@link Pool}: a {@link Seat}, or the reason why it has none. */
public sealed interface Pick permits Seat, Pick.Full, Pick.Unavailable {

  /** There are servers for it, and all their places are taken: one will be free sooner or later. */
  record Full() implements Pick {
    static final Full INSTANCE = new Full();
  }

  /**
   * There is no server for it now.
   *
   * @param reason for the log: each server, and what is the matter with it
   */
  record Unavailable(String reason) implements Pick {}
}
