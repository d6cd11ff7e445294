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
import io.pgplane.topology.ClientSource;
import io.pgplane.topology.Throttling;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Slows down who guesses passwords. The failures of a user at one address make the next proofs of
 * that user at that address wait, and no others. All other addresses together check few guesses at
 * a user: the first of each address, and a number that does not grow with the addresses. A proof
 * waits before it is checked, right or wrong; what would wait too long is refused unchecked.
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
      case FAILED -> failed.guess(outcome.user(), address, outcome.tls(), rule).failed();
      case SUCCEEDED -> failed.guess(outcome.user(), address, outcome.tls(), rule).succeeded();
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
   * What becomes of the password that a client is about to prove.
   *
   * @throws Failure if its address is locked out
   */
  public PasswordAttempt attempt(Throttling rule, PgStream client, String user) {
    if (!applies(rule, client.remoteIp())) {
      return PasswordAttempt.UNLIMITED;
    }
    checkLockOut(client.remoteIp());
    return new Attempt(rule, client, user);
  }

  private void checkLockOut(InetAddress address) {
    Duration left = failed.lockedOut(address);
    if (!left.isZero()) {
      throw refused("too many failed logins from your address", left);
    }
  }

  /** That of one client. */
  private final class Attempt implements PasswordAttempt {
    private final Throttling rule;
    private final PgStream client;
    private final String user;
    private FailedLogins.@Nullable Guess guess;

    private Attempt(Throttling rule, PgStream client, String user) {
      this.rule = rule;
      this.client = client;
      this.user = user;
    }

    private FailedLogins.Guess guess() {
      FailedLogins.Guess made = guess;
      if (made == null) {
        made = failed.guess(user, client.remoteIp(), client.isEncrypted(), rule);
        guess = made;
      }
      return made;
    }

    @Override
    public Future<Void> turn() {
      checkLockOut(client.remoteIp()); // it may have failed elsewhere since this login has begun
      Optional<Duration> pause = guess().pause();
      if (pause.isEmpty()) {
        return Future.failedFuture(
            refused("too many failed logins for user \"" + user + "\"", rule.maxDelay()));
      }
      return pause.get().isZero()
          ? Future.succeededFuture()
          : pause(pause.get(), client).compose(due -> turn());
    }

    @Override
    public void failed() {
      guess().failed();
      tell(Kind.FAILED);
      InetAddress address = client.remoteIp();
      if (!failed.lockedOut(address).isZero()) {
        lockOuts.increment();
        if (rate.take("lock-outs", ClientSource.of(address).site())) {
          LOG.warn(
              "{} is locked out for {} s: too many failed logins",
              address.getHostAddress(),
              rule.lockOut().toSeconds());
        }
      }
    }

    @Override
    public void succeeded() {
      if (guess().succeeded()) {
        tell(Kind.SUCCEEDED);
      }
    }

    private void tell(Kind kind) {
      outbox.add(LoginOutcome.of(kind, user, client.remoteIp(), client.isEncrypted()));
    }
  }

  /** A client that goes away in the meantime leaves nothing behind. */
  private Future<Void> pause(Duration late, PgStream client) {
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

  private static Failure refused(String message, Duration left) {
    return Failure.told(
        FailureKind.LIMIT,
        new ErrorReport(SqlState.INVALID_AUTHORIZATION_SPECIFICATION, message)
            .withHint("Try again in " + left.plusSeconds(1).toSeconds() + " seconds."));
  }
}
