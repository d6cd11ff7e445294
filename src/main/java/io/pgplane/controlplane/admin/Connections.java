package io.pgplane.controlplane.admin;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The connections that there are: not too many, and none that does not say soon what it wants.
 * Confined to the context of the admin port.
 */
final class Connections {
  private static final int MOST = 256;

  private final Vertx vertx;
  private final long patience;
  private final Set<HttpConnection> open = new HashSet<>();

  /** The timers of those that have not said anything yet. */
  private final Map<HttpConnection, Long> silent = new HashMap<>();

  Connections(Vertx vertx, Duration patience) {
    this.vertx = vertx;
    this.patience = patience.toMillis();
  }

  void opened(HttpConnection connection) {
    if (open.size() >= MOST) {
      connection.close();
      return;
    }
    open.add(connection);
    silent.put(connection, vertx.setTimer(patience, late -> connection.close()));
    connection.closeHandler(
        closed -> {
          open.remove(connection);
          spoken(connection);
        });
  }

  /** The same handler, told of connections whose request is there. */
  Handler<HttpServerRequest> heard(Handler<HttpServerRequest> handler) {
    return request -> {
      spoken(request.connection());
      handler.handle(request);
    };
  }

  private void spoken(HttpConnection connection) {
    Long timer = silent.remove(connection);
    if (timer != null) {
      vertx.cancelTimer(timer);
    }
  }
}
