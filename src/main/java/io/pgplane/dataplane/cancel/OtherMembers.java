package io.pgplane.dataplane.cancel;

import io.pgplane.failure.Failure;
import io.pgplane.failure.FailureKind;
import io.pgplane.protocol.wire.CancelRequest;
import io.vertx.core.Future;
import java.util.Set;

/** The way to the other members, for a cancel request that came to the wrong one. */
public interface OtherMembers {
  /** There are none. */
  OtherMembers ALONE =
      new OtherMembers() {
        @Override
        public Set<Integer> numbers() {
          return Set.of();
        }

        @Override
        public Future<Void> cancel(int member, CancelRequest request) {
          return Future.failedFuture(unknownKey());
        }
      };

  /** The numbers of those that are there, as of a moment ago. */
  Set<Integer> numbers();

  /**
   * Has a member cancel what one of its sessions does, if the key is right.
   *
   * @return completed, on any thread, when the server has taken the request; fails if the member is
   *     gone, or knows no such key
   */
  Future<Void> cancel(int member, CancelRequest request);

  /** Nobody is told whether there is such a session. */
  static Failure unknownKey() {
    return Failure.silent(FailureKind.DISCONNECT, "cancel request with an unknown key");
  }
}
