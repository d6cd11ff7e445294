package io.pgplane.controlplane.admin;

import io.pgplane.controlplane.revision.ControlException;
import io.pgplane.controlplane.revision.ControlException.Kind;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import java.time.Duration;

/**
 * Reads the bodies of requests that are allowed: each within its own bound and its deadline, and
 * all together within one bound, which counts a body until its request is answered. Confined to the
 * context of the admin port.
 */
final class Bodies {
  private static final int REQUEST_TIMEOUT = 408;
  private static final int TOO_LARGE = 413;

  private final long mostOfAll;
  private final Duration deadline;
  private long buffered;

  Bodies(long mostOfAll, Duration deadline) {
    this.mostOfAll = mostOfAll;
    this.deadline = deadline;
  }

  /** The whole body; to be called in the turn in which the request has come. */
  Future<Buffer> read(RoutingContext request, int most) {
    HttpServerRequest http = request.request();
    Body body = new Body(most);
    http.handler(body::add)
        .exceptionHandler(body.whole::tryFail)
        .endHandler(end -> body.whole.tryComplete(body.bytes));
    long timer =
        request
            .vertx()
            .setTimer(
                deadline.toMillis(),
                late -> body.whole.tryFail(new HttpException(REQUEST_TIMEOUT)));
    request.addEndHandler(answered -> buffered -= body.forget());
    if (http.headers().contains(HttpHeaders.EXPECT, HttpHeaders.CONTINUE, true)) {
      request.response().writeContinue();
    }
    return body.whole.future().onComplete(over -> request.vertx().cancelTimer(timer));
  }

  /** A body that comes in. */
  private final class Body {
    private final int most;
    private final Promise<Buffer> whole = Promise.promise();
    private Buffer bytes = Buffer.buffer();

    private Body(int most) {
      this.most = most;
    }

    private void add(Buffer piece) {
      if (whole.future().isComplete()) {
        return; // it was refused: what still comes is dropped
      } else if (bytes.length() + piece.length() > most) {
        whole.tryFail(new HttpException(TOO_LARGE));
      } else if (buffered + piece.length() > mostOfAll) {
        whole.tryFail(
            ControlException.of(Kind.UNAVAILABLE, "the bodies of other requests take all memory"));
      } else {
        buffered += piece.length();
        bytes.appendBuffer(piece);
      }
    }

    private int forget() {
      int held = bytes.length();
      bytes = Buffer.buffer();
      return held;
    }
  }
}
