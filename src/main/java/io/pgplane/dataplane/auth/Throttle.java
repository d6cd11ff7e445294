package io.pgplane.dataplane.auth;

import com.github.benmanes.caffeine.cache.Ticker;
import io.pgplane.dataplane.auth.LoginOutcome.Kind;
import io.pgplane.dataplane.stream.PgStream;
import io.pgplane.failure.ErrorReport;
import io.pgplane.failure.Failure;
import io.pgplane.failure.FailureKind;
import io.pgplane.failure.SqlState;
import io.pgplane.observability.LogRate;
import io.pgplane.topology.Cidr;
import io.pgplane.topology.Throttling;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Slows down who guesses passwords: refusals come later and later, no new login begins before the
 * last refusal was due, and an address that goes on is locked out. Nobody can lock a user out from
 * an address that is not his own, nor slow him down where he has logged in of late.
 *
 * <p>Lives as long as the member, and goes by whatever rule is in force. Members tell each other
 * what they see, so that guessing is not worth more where there are more of them.
 */
public final class Throttle {
  private static final Logger LOG = LoggerFactory.getLogger(Throttle.class);

  private final Vertx vertx;
  private final FailedLogins failed = new FailedLogins(Ticker.systemTicker());
  private final LongAdder lockOuts = new LongAdder();
  private final LogRate rate = new LogRate();
  private volatile Outbox outbox;

  public Throttle(Vertx vertx) {
    this.vertx = vertx;
    this.outbox = new Outbox(vertx, outcomes -> {});
  }

  /**
   * Has other members told what becomes of logins here, of those that matter to them.
   *
   * @param others is given some at a time, at most ten times a second; must not block
   */
  public void tellOthers(Consumer<List<LoginOutcome>> others) {
    outbox = new Outbox(vertx, others);
  }

  /** Counts what another member has told like logins here, and tells nobody of it. */
  public void observed(Throttling rule, List<LoginOutcome> outcomes) {
    for (LoginOutcome outcome : outcomes) {
      InetAddress address = Cidr.address(outcome.address());
      if (applies(rule, address)) {
        observed(rule, outcome, address);
      }
    }
  }

  private void observed(Throttling rule, LoginOutcome outcome, InetAddress address) {
    switch (outcome.kind()) {
      case FAILED -> failed.failed(outcome.user(), address, outcome.tls(), rule);
      case SUCCEEDED -> failed.succeeded(outcome.user(), address);
      case RESET -> failed.reset(address);
    }
  }

  private static boolean applies(Throttling rule, InetAddress address) {
    return rule.enabled() && rule.exempt().stream().noneMatch(range -> range.contains(address));
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

  /** How many times an address was locked out. */
  public long lockOuts() {
    return lockOuts.sum();
  }

  /** Forgets what an address has failed; says whether there was something. */
  public boolean reset(InetAddress address) {
    outbox.add(LoginOutcome.of(Kind.RESET, "", address, false));
    return failed.reset(address);
  }

  /**
   * Lets a client prove who it is, unless its address is locked out.
   *
   * @param login what it does so by; not begun if the address is locked out
   * @return fails as the login does, and perhaps later
   */
  public Future<Identity> guard(
      Throttling rule,
      PgStream client,
      String user,
      Function<BooleanSupplier, Future<Identity>> login) {
    InetAddress address = client.remoteIp();
    if (!applies(rule, address)) {
      return login.apply(() -> false);
    }
    Duration lockedOut = failed.lockedOut(address);
    if (!lockedOut.isZero()) {
      return Future.failedFuture(lockedOut(lockedOut));
    }
    BooleanSupplier lockedOutNow = () -> !failed.lockedOut(address).isZero();
    return pause(failed.early(user, address, rule), client)
        .compose(due -> login.apply(lockedOutNow))
        .onSuccess(identity -> succeeded(user, client))
        .recover(e -> refuse(rule, client, user, e));
  }

  private void succeeded(String user, PgStream client) {
    if (failed.succeeded(user, client.remoteIp())) {
      tell(Kind.SUCCEEDED, user, client);
    }
  }

  private void tell(Kind kind, String user, PgStream client) {
    outbox.add(LoginOutcome.of(kind, user, client.remoteIp(), client.isEncrypted()));
  }

  private Future<Identity> refuse(Throttling rule, PgStream client, String user, Throwable why) {
    if (!(why instanceof Failure failure) || failure.kind() != FailureKind.CREDENTIALS) {
      return Future.failedFuture(why);
    }
    InetAddress address = client.remoteIp();
    Duration late = failed.failed(user, address, client.isEncrypted(), rule);
    tell(Kind.FAILED, user, client);
    if (!failed.lockedOut(address).isZero()) {
      lockOuts.increment();
      if (rate.take("lock-outs", address.getHostAddress())) {
        LOG.warn(
            "{} is locked out for {} s: too many failed logins",
            address.getHostAddress(),
            rule.lockOut().toSeconds());
      }
    }
    return pause(late, client).compose(due -> Future.failedFuture(why));
  }

  /** A client that goes away in the meantime leaves nothing behind. */
  private Future<Void> pause(Duration late, PgStream client) {
    if (late.isZero()) {
      return Future.succeededFuture();
    }
    Promise<Void> promise = client.promise();
    long timer = vertx.setTimer(Math.max(1, late.toMillis()), fired -> promise.tryComplete());
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
        FailureKind.DISCONNECT, "client has left while it was kept waiting for failed logins");
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
