package io.pgplane.dataplane.auth;

import com.github.benmanes.caffeine.cache.Ticker;
import io.pgplane.dataplane.stream.PgStream;
import io.pgplane.failure.ErrorReport;
import io.pgplane.failure.Failure;
import io.pgplane.failure.FailureKind;
import io.pgplane.failure.SqlState;
import io.pgplane.topology.Throttling;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Slows down who guesses passwords: refusals come later and later, and an address that goes on is
 * locked out. A login with the right password is never late, and nobody can lock a user out from an
 * address that is not his own.
 *
 * <p>Lives as long as the member, and goes by whatever rule is in force.
 */
public final class Throttle {
  private static final Logger LOG = LoggerFactory.getLogger(Throttle.class);

  private final Vertx vertx;
  private final FailedLogins failed = new FailedLogins(Ticker.systemTicker());

  public Throttle(Vertx vertx) {
    this.vertx = vertx;
  }

  /**
   * An address that has failed.
   *
   * @param address of IPv6, all of a /64
   * @param failures that count now
   * @param lockedOut for how long from now on; zero if it is not
   */
  public record Entry(String address, int failures, Duration lockedOut) {}

  /** The addresses that have failed of late. */
  public List<Entry> view() {
    return failed.view();
  }

  /** Forgets what an address has failed; says whether there was something. */
  public boolean reset(InetAddress address) {
    return failed.reset(address);
  }

  /**
   * Lets a client prove who it is, unless its address is locked out.
   *
   * @param login what it does so by; not begun if the address is locked out
   * @return fails as the login does, and perhaps later
   */
  public Future<Identity> guard(
      Throttling rule, PgStream client, String user, Supplier<Future<Identity>> login) {
    InetAddress address = client.remoteIp();
    if (!rule.enabled() || rule.exempt().stream().anyMatch(range -> range.contains(address))) {
      return login.get();
    }
    Duration lockedOut = failed.lockedOut(address);
    return lockedOut.isZero()
        ? login
            .get()
            .onSuccess(identity -> failed.succeeded(user, address))
            .recover(e -> refuse(rule, client, user, e))
        : Future.failedFuture(lockedOut(lockedOut));
  }

  private Future<Identity> refuse(Throttling rule, PgStream client, String user, Throwable why) {
    if (!(why instanceof Failure failure) || failure.kind() != FailureKind.CREDENTIALS) {
      return Future.failedFuture(why);
    }
    InetAddress address = client.remoteIp();
    Duration late = failed.failed(user, address, rule);
    if (!failed.lockedOut(address).isZero()) {
      LOG.warn(
          "{} is locked out for {} s: too many failed logins",
          address.getHostAddress(),
          rule.lockOut().toSeconds());
    }
    return late.isZero() ? Future.failedFuture(why) : after(late, client, why);
  }

  /** A client that goes away in the meantime leaves nothing behind. */
  private Future<Identity> after(Duration late, PgStream client, Throwable why) {
    Promise<Identity> promise = client.promise();
    long timer = vertx.setTimer(late.toMillis(), fired -> promise.tryFail(why));
    client
        .ended()
        .onComplete(
            gone -> {
              vertx.cancelTimer(timer);
              promise.tryFail(left());
            });
    return promise.future();
  }

  private static Failure left() {
    return Failure.silent(
        FailureKind.CREDENTIALS, "client has left before it was told of its wrong password");
  }

  private static Failure lockedOut(Duration left) {
    return Failure.told(
        FailureKind.LIMIT,
        new ErrorReport(
                SqlState.INVALID_AUTHORIZATION_SPECIFICATION,
                "too many failed logins from your address")
            .withHint("Try again in " + left.plusSeconds(1).toSeconds() + " seconds."));
  }
}
