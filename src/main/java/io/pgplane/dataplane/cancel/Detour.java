package io.pgplane.dataplane.cancel;

import io.pgplane.dataplane.limit.TokenBucket;
import io.pgplane.failure.Failure;
import io.pgplane.failure.FailureKind;
import io.pgplane.observability.LogRate;
import io.pgplane.protocol.wire.CancelRequest;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the other members about a cancel request: the one that its key names, or all if the key is
 * too short to name one. Each member is asked at a bounded rate and by a bounded number of requests
 * at a time, since the sender of a cancel request has proved nothing: no member becomes a weapon
 * against the others, and one that does not answer takes nothing from those that do.
 */
public final class Detour {
  private static final Logger LOG = LoggerFactory.getLogger(Detour.class);

  /** The other member's own dial and wait are shorter. */
  private static final Duration ANSWER = Duration.ofSeconds(15);

  private static final int MOST_UNDER_WAY = 500;
  private static final int A_SECOND = 250;
  private static final int AT_ONCE = 500;

  private final OtherMembers members;
  private final Supplier<TokenBucket> tokens;
  private final Map<Integer, Lane> lanes = new ConcurrentHashMap<>();
  private final AtomicLong dropped = new AtomicLong();
  private final LogRate rate = new LogRate();

  /** The requests to one member. */
  private record Lane(TokenBucket tokens, AtomicInteger underWay) {
    boolean enter() {
      if (underWay.incrementAndGet() > MOST_UNDER_WAY || !tokens.take()) {
        underWay.decrementAndGet();
        return false;
      }
      return true;
    }
  }

  /** One for all requests that come to this member. */
  public Detour(OtherMembers members) {
    this(members, () -> new TokenBucket(A_SECOND, AT_ONCE));
  }

  Detour(OtherMembers members, Supplier<TokenBucket> tokens) {
    this.members = members;
    this.tokens = tokens;
  }

  /**
   * Has the member that knows the key cancel what its session does.
   *
   * @return completed, on any thread, when the server has taken the request; fails, with nothing to
   *     tell the client, if no member says that it knows the key
   */
  Future<Void> cancel(CancelRequest request) {
    Set<Integer> there = members.numbers();
    lanes.keySet().retainAll(there);
    List<Future<Void>> asked = new ArrayList<>();
    for (int member : CancelKeys.makers(request, there)) {
      asked.add(ask(member, request));
    }
    return asked.isEmpty()
        ? Future.failedFuture(OtherMembers.unknownKey())
        : Future.any(asked).<Void>mapEmpty().recover(e -> Future.failedFuture(untold(e)));
  }

  private Future<Void> ask(int member, CancelRequest request) {
    Lane lane = lanes.computeIfAbsent(member, first -> new Lane(tokens.get(), new AtomicInteger()));
    if (!lane.enter()) {
      return Future.failedFuture(tooMany());
    }
    return Future.succeededFuture()
        .compose(admitted -> members.cancel(member, request))
        .timeout(ANSWER.toMillis(), TimeUnit.MILLISECONDS)
        .onComplete(done -> lane.underWay().decrementAndGet());
  }

  /** No louder than an unknown key: who has brought it about may be anybody. */
  private static Failure untold(Throwable e) {
    return Failure.silent(
        FailureKind.DISCONNECT, "cancel request for another member: " + e.getMessage());
  }

  private Failure tooMany() {
    long count = dropped.incrementAndGet();
    if (rate.take("too many cancel requests for other members", "")) {
      LOG.warn("too many cancel requests for other members; {} were dropped so far", count);
    }
    return Failure.silent(FailureKind.DISCONNECT, "too many cancel requests for other members");
  }
}
