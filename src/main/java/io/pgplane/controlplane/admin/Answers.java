package io.pgplane.controlplane.admin;

import io.pgplane.controlplane.revision.ControlException;
import io.pgplane.controlplane.revision.ControlException.Kind;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import java.util.function.Supplier;

/**
 * Sends answers that can be large. Until a client reads its answer, the answer takes memory here:
 * so few wait for clients without a token, and few megabytes for those with one. Confined to the
 * context of the admin port.
 */
final class Answers {
  private static final int MOST_OF_STRANGERS = 8;
  private static final long MOST_BYTES = 32 << 20;

  private int ofStrangers;
  private long bytes;

  void send(RoutingContext request, String type, Supplier<Buffer> text) {
    boolean known = Guard.knows(request);
    if (!known && ofStrangers >= MOST_OF_STRANGERS) {
      refuse(request);
      return;
    }
    Buffer answer = text.get();
    int length = known ? answer.length() : 0;
    int stranger = known ? 0 : 1;
    if (known && bytes > 0 && bytes + length > MOST_BYTES) {
      refuse(request);
      return;
    }
    bytes += length;
    ofStrangers += stranger;
    request
        .response()
        .putHeader(HttpHeaders.CONTENT_TYPE, type)
        .end(answer)
        .onComplete(
            sent -> {
              bytes -= length;
              ofStrangers -= stranger;
            });
  }

  private static void refuse(RoutingContext request) {
    request.fail(ControlException.of(Kind.UNAVAILABLE, "too many answers have not been read yet"));
  }
}
