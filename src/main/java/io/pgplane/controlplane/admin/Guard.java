package io.pgplane.controlplane.admin;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.pgplane.config.Admin.Token;
import io.pgplane.observability.LogRate;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets in a right token at once, whatever else comes from its address. A wrong one is refused with
 * a delay that grows; while a few from one client wait for that, more are refused at once. Confined
 * to the context of the admin port.
 */
final class Guard {
  private static final Logger LOG = LoggerFactory.getLogger(Guard.class);

  private static final String TOKEN = "pgplane.token";
  private static final int UNAUTHORIZED = 401;
  private static final int TOO_MANY_REQUESTS = 429;

  private static final int MOST_WAITING = 8;
  private static final int MOST_ADDRESSES = 10_000;
  private static final long DELAY_MILLIS = 250;
  private static final long MOST_DELAY_MILLIS = 4_000;

  private final Tokens tokens;
  private final LogRate rate = new LogRate();
  private final Cache<String, Guesses> guesses =
      Caffeine.newBuilder()
          .maximumSize(MOST_ADDRESSES)
          .expireAfterWrite(Duration.ofMinutes(10))
          .executor(Runnable::run)
          .build();

  /** The wrong tokens of one client. */
  private static final class Guesses {
    private long delay = DELAY_MILLIS;
    private int waiting;
  }

  Guard(Tokens tokens) {
    this.tokens = tokens;
  }

  /** Goes on with those who show a token. */
  void admit(RoutingContext request) {
    String header = request.request().getHeader(HttpHeaders.AUTHORIZATION);
    if (header == null) {
      request.fail(UNAUTHORIZED);
      return;
    }
    Optional<Token> token = tokens.of(header);
    if (token.isPresent()) {
      request.put(TOKEN, token.get());
      request.next();
      return;
    }
    SocketAddress address = request.request().remoteAddress();
    Guesses of =
        Objects.requireNonNull(guesses.get(Connections.client(address), unknown -> new Guesses()));
    if (of.waiting >= MOST_WAITING) {
      request.fail(TOO_MANY_REQUESTS);
      return;
    }
    if (rate.take("a wrong token", address.hostAddress())) {
      LOG.warn("a wrong token from {}", address.hostAddress());
    }
    of.waiting++;
    request
        .vertx()
        .setTimer(
            of.delay,
            due -> {
              of.waiting--;
              request.fail(UNAUTHORIZED);
            });
    of.delay = Math.min(MOST_DELAY_MILLIS, of.delay * 2);
  }

  /** Goes on with everybody, and knows who shows a right token. */
  void recognize(RoutingContext request) {
    tokens
        .of(request.request().getHeader(HttpHeaders.AUTHORIZATION))
        .ifPresent(token -> request.put(TOKEN, token));
    request.next();
  }

  /** Whether the request has shown a right token. */
  static boolean knows(RoutingContext request) {
    return request.get(TOKEN) != null;
  }

  /** The token of a request that was let in. */
  static Token token(RoutingContext request) {
    return Objects.requireNonNull(request.<Token>get(TOKEN));
  }
}
