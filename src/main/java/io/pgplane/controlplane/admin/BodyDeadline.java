package io.pgplane.controlplane.admin;

import io.vertx.ext.web.RoutingContext;
import java.time.Duration;

/** What comes byte by byte would keep a connection busy for ever. */
final class BodyDeadline {
  private static final int REQUEST_TIMEOUT = 408;
  private static final String TIMER = "pgplane.bodyDeadline";

  private final long millis;

  BodyDeadline(Duration patience) {
    this.millis = patience.toMillis();
  }

  void begin(RoutingContext request) {
    long timer = request.vertx().setTimer(millis, late -> request.fail(REQUEST_TIMEOUT));
    request.put(TIMER, timer);
    request.addEndHandler(ended -> request.vertx().cancelTimer(timer));
    request.next();
  }

  /** Goes on, unless it was too late. */
  static void end(RoutingContext request) {
    if (!request.response().ended() && request.vertx().cancelTimer(request.<Long>get(TIMER))) {
      request.next();
    }
  }
}
