package io.pgplane.dataplane.fleet;

import io.pgplane.dataplane.limit.Share;
import io.pgplane.dataplane.limit.WaitingRoom;

/** The sessions at one backend, and those who wait to be one; the same through all reloads. */
final class Quota {
  private final WaitingRoom<Seat> room = new WaitingRoom<>();
  private final Share share;

  Quota(Share share) {
    this.share = share;
    share.onFreed(room::freed);
  }

  Share share() {
    return share;
  }

  WaitingRoom<Seat> room() {
    return room;
  }
}
