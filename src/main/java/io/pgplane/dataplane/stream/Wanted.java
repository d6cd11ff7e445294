package io.pgplane.dataplane.stream;

import io.netty.buffer.ByteBuf;
import io.pgplane.failure.Failure;
import io.vertx.core.Promise;

/** A frame that somebody waits for. */
record Wanted<T>(Frame<T> frame, Promise<T> promise) {
  /** No more than this will come. */
  void cutOff(ByteBuf in, Failure lost) {
    promise.fail(frame.cutOff(in, lost));
  }

  /**
   * Takes the frame if it is complete, or fails if it never will be; says whether it did either.
   */
  boolean tryTake(ByteBuf in) {
    try {
      T taken = frame.takeFrom(in);
      if (taken == null) {
        return false;
      }
      promise.complete(taken);
    } catch (Failure e) {
      promise.fail(e);
    }
    return true;
  }
}
