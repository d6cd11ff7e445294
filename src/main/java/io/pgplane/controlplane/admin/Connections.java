package io.pgplane.controlplane.admin;

import io.pgplane.observability.LogRate;
import io.pgplane.topology.Cidr;
import io.pgplane.topology.ClientSource;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.RoutingContext;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections that are open: those on which a right token was shown, and all others, each kind
 * within its own bounds.
 *
 * <p>A new connection is always accepted. If its client has too many without a token, the oldest of
 * them is closed; if there are too many in all, the oldest of the client that has the most. So a
 * probe is answered, however many connections others hold. Without a token, a connection serves one
 * request. Idle ones are closed. Confined to the context of the admin port.
 */
final class Connections {
  private static final Logger LOG = LoggerFactory.getLogger(Connections.class);

  private static final int MOST = 256;
  private static final int MOST_OF_A_CLIENT = 64;

  /** Until the head of the first request, and from an answer to the head of the next request. */
  private static final long IDLE_MILLIS = TimeUnit.SECONDS.toMillis(5);

  private final Vertx vertx;
  private final LogRate rate = new LogRate();

  /** In the order in which they were opened. */
  private final Map<HttpConnection, Held> open = new LinkedHashMap<>();

  /** How many each client has without a token. */
  private final Map<String, Integer> strangers = new HashMap<>();

  /** How many each client has with a token. */
  private final Map<String, Integer> known = new HashMap<>();

  /** What is known of a connection. */
  private static final class Held {
    private final String client;
    private boolean known;
    private Optional<Long> timer = Optional.empty();

    private Held(String client) {
      this.client = client;
    }
  }

  Connections(Vertx vertx) {
    this.vertx = vertx;
  }

  /** What one client has for its own: an address of IPv4, or a /64 of IPv6. */
  static String client(SocketAddress address) {
    return ClientSource.of(Cidr.address(address.hostAddress())).network();
  }

  void opened(HttpConnection connection) {
    String client = client(connection.remoteAddress());
    if (strangers.getOrDefault(client, 0) >= MOST_OF_A_CLIENT) {
      closeOldest(held -> held.client.equals(client));
    } else if (total(strangers) >= MOST) {
      int most = Collections.max(strangers.values());
      closeOldest(held -> strangers.getOrDefault(held.client, 0) == most);
    }
    open.put(connection, new Held(client));
    strangers.merge(client, 1, Integer::sum);
    connection.closeHandler(closed -> forget(connection));
    closeIfIdle(connection);
  }

  /** A request has come. */
  void begin(RoutingContext request) {
    HttpConnection connection = request.request().connection();
    held(connection).ifPresent(this::stopTimer);
    request.addEndHandler(answered -> end(request, connection));
    if (!held(connection).map(held -> held.known).orElse(false)) {
      request.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
    }
    request.next();
  }

  /** The request shows a right token: its connection may stay, if there is room. */
  void trust(RoutingContext request) {
    held(request.request().connection())
        .filter(held -> held.known || takeRoom(held))
        .ifPresent(held -> request.response().headers().remove(HttpHeaders.CONNECTION));
    request.next();
  }

  private boolean takeRoom(Held held) {
    held.known = total(known) < MOST && known.getOrDefault(held.client, 0) < MOST_OF_A_CLIENT;
    if (held.known) {
      leave(strangers, held.client);
      known.merge(held.client, 1, Integer::sum);
    }
    return held.known;
  }

  private void end(RoutingContext request, HttpConnection connection) {
    boolean stays = held(connection).map(held -> held.known).orElse(false);
    if (stays || !request.request().isEnded()) {
      closeIfIdle(connection);
    } else {
      connection.close(); // once the answer is written
    }
  }

  private void closeIfIdle(HttpConnection connection) {
    held(connection)
        .ifPresent(
            held -> {
              stopTimer(held);
              held.timer = Optional.of(vertx.setTimer(IDLE_MILLIS, late -> connection.close()));
            });
  }

  private void closeOldest(Predicate<Held> whose) {
    open.entrySet().stream()
        .filter(one -> !one.getValue().known && whose.test(one.getValue()))
        .findFirst()
        .ifPresent(
            one -> {
              if (rate.take("connections without a token", one.getValue().client)) {
                LOG.warn(
                    "too many connections without a token: closing the oldest of {}",
                    one.getValue().client);
              }
              forget(one.getKey());
              one.getKey().close();
            });
  }

  private void forget(HttpConnection connection) {
    Optional.ofNullable(open.remove(connection))
        .ifPresent(
            held -> {
              stopTimer(held);
              leave(held.known ? known : strangers, held.client);
            });
  }

  private void stopTimer(Held held) {
    held.timer.ifPresent(vertx::cancelTimer);
    held.timer = Optional.empty();
  }

  private Optional<Held> held(HttpConnection connection) {
    return Optional.ofNullable(open.get(connection));
  }

  private static void leave(Map<String, Integer> counts, String client) {
    counts.computeIfPresent(client, (key, count) -> count == 1 ? null : count - 1);
  }

  private static int total(Map<String, Integer> counts) {
    return counts.values().stream().mapToInt(Integer::intValue).sum();
  }
}
