package io.pgplane.dataplane.cancel;

import io.pgplane.dataplane.limit.LogRate;
import io.pgplane.dataplane.limit.TokenBucket;
import io.pgplane.failure.Failure;
import io.pgplane.failure.FailureKind;
import io.pgplane.protocol.wire.CancelRequest;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way to other members with a bound on what goes there: who sends a cancel request has proved
 * nothing, and a member must not be made a weapon against the others.
 */
public final class Detour implements OtherMembers {
  private static final Logger LOG = LoggerFactory.getLogger(Detour.class);

  /** The other member's own dial and wait are shorter. */
  private static final Duration ANSWER = Duration.ofSeconds(15);

  private static final int MOST_UNDER_WAY = 100;
  private static final int A_SECOND = 100;
  private static final int AT_ONCE = 100;

  private final OtherMembers members;
  private final TokenBucket tokens;
  private final AtomicInteger underWay = new AtomicInteger();
  private final AtomicLong dropped = new AtomicLong();
  private final LogRate rate = new LogRate();

  /** One for all that come to this member. */
  public Detour(OtherMembers members) {
    this(members, new TokenBucket(A_SECOND, AT_ONCE));
  }

  Detour(OtherMembers members, TokenBucket tokens) {
    this.members = members;
    this.tokens = tokens;
  }

  @Override
  public Future<Void> cancel(int member, CancelRequest request) {
    if (underWay.incrementAndGet() > MOST_UNDER_WAY || !tokens.take()) {
      underWay.decrementAndGet();
      return Future.failedFuture(tooMany());
    }
    return Future.succeededFuture()
        .compose(admitted -> members.cancel(member, request))
        .timeout(ANSWER.toMillis(), TimeUnit.MILLISECONDS)
        .onComplete(done -> underWay.decrementAndGet())
        .recover(e -> Future.failedFuture(failed(member, e)));
  }

  /** No louder than an unknown key: who has brought it about may be anybody. */
  private static Failure failed(int member, Throwable e) {
    return Failure.silent(
        FailureKind.DISCONNECT, "cancel request for member " + member + ": " + e.getMessage());
  }

  private Failure tooMany() {
    long count = dropped.incrementAndGet();
    if (rate.take()) {
      LOG.warn("too many cancel requests for other members; {} were dropped so far", count);
    }
    return Failure.silent(FailureKind.DISCONNECT, "too many cancel requests for other members");
  }
}
