package io.pgplane.controlplane.admin;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.pgplane.config.Admin.Token;
import io.pgplane.observability.LogRate;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets in who shows a token, at once. Wrong ones are refused late, and while a few from one address
 * wait for that, no more from there are looked at: nobody can try many. Confined to the context of
 * the admin port.
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

  /** The wrong tokens of one address. */
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
    String address = request.request().remoteAddress().hostAddress();
    if (header == null) {
      request.fail(UNAUTHORIZED);
      return;
    }
    Guesses of = Objects.requireNonNull(guesses.get(address, unknown -> new Guesses()));
    if (of.waiting >= MOST_WAITING) {
      request.fail(TOO_MANY_REQUESTS);
      return;
    }
    Optional<Token> token = tokens.of(header);
    if (token.isPresent()) {
      request.put(TOKEN, token.get());
      request.next();
      return;
    }
    if (rate.take("a wrong token", address)) {
      LOG.warn("a wrong token from {}", address);
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

  /** The token of a request that was let in. */
  static Token token(RoutingContext request) {
    return Objects.requireNonNull(request.<Token>get(TOKEN));
  }
}
