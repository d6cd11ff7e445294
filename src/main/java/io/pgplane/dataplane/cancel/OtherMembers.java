package io.pgplane.dataplane.cancel;

import io.pgplane.failure.Failure;
import io.pgplane.failure.FailureKind;
import io.pgplane.protocol.wire.CancelRequest;
import io.vertx.core.Future;

/** The way to the other members, for a cancel request that came to the wrong one. */
@FunctionalInterface
public interface OtherMembers {
  /** There are none: what names one is a key that nobody has. */
  OtherMembers ALONE = (member, request) -> Future.failedFuture(unknownKey());

  /**
   * Has a member cancel what one of its sessions does, if the key is right.
   *
   * @param member 1 to {@link CancelKeys#MOST_MEMBERS}, of which there may be none: the number is
   *     the word of somebody who has proved nothing
   * @return completed, on any thread, when the server has taken the request; fails if no such
   *     member is known, or it knows no such key
   */
  Future<Void> cancel(int member, CancelRequest request);

  /** Nobody is told whether there is such a session. */
  static Failure unknownKey() {
    return Failure.silent(FailureKind.DISCONNECT, "cancel request with an unknown key");
  }
}
