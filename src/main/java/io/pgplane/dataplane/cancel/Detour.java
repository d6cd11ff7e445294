package io.pgplane.dataplane.cancel;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.pgplane.dataplane.limit.TokenBucket;
import io.pgplane.failure.Failure;
import io.pgplane.failure.FailureKind;
import io.pgplane.observability.LogRate;
import io.pgplane.protocol.wire.CancelRequest;
import io.pgplane.topology.ClientSource;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
 * against the others, and one that does not answer takes nothing from those that do. Each site of
 * clients has a rate of its own, so that no single one uses up what there is for all.
 */
public final class Detour {
  private static final Logger LOG = LoggerFactory.getLogger(Detour.class);

  /** The other member's own dial and wait are shorter. */
  private static final Duration ANSWER = Duration.ofSeconds(15);

  private static final int MOST_UNDER_WAY = 500;
  private static final int A_SECOND = 250;
  private static final int AT_ONCE = 500;
  private static final int A_SECOND_OF_A_CLIENT = 100;
  private static final int AT_ONCE_OF_A_CLIENT = 400;
  private static final int MOST_CLIENTS = 10_000;
  private static final Duration REMEMBERED = Duration.ofMinutes(1);

  private final OtherMembers members;
  private final Supplier<TokenBucket> tokens;
  private final Map<Integer, Lane> lanes = new ConcurrentHashMap<>();
  private final Supplier<TokenBucket> tokensOfAClient;

  /** Of those that have asked of late; of very many, some begin with a full bucket again. */
  private final Cache<String, TokenBucket> clients =
      Caffeine.newBuilder()
          .maximumSize(MOST_CLIENTS)
          .expireAfterAccess(REMEMBERED)
          .executor(Runnable::run)
          .build();

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
    this(
        members,
        () -> new TokenBucket(A_SECOND, AT_ONCE),
        () -> new TokenBucket(A_SECOND_OF_A_CLIENT, AT_ONCE_OF_A_CLIENT));
  }

  Detour(
      OtherMembers members, Supplier<TokenBucket> tokens, Supplier<TokenBucket> tokensOfAClient) {
    this.members = members;
    this.tokens = tokens;
    this.tokensOfAClient = tokensOfAClient;
  }

  /**
   * Has the member that knows the key cancel what its session does.
   *
   * @param from the address of the client that asks
   * @return completed, on any thread, when the server has taken the request; fails, with nothing to
   *     tell the client, if no member says that it knows the key
   */
  Future<Void> cancel(CancelRequest request, InetAddress from) {
    Set<Integer> there = members.numbers();
    lanes.keySet().retainAll(there);
    Set<Integer> makers = CancelKeys.makers(request, there);
    if (makers.isEmpty()) {
      return Future.failedFuture(OtherMembers.unknownKey());
    } else if (!mayAsk(from)) {
      return Future.failedFuture(tooMany());
    }
    List<Future<Void>> asked = new ArrayList<>();
    for (int member : makers) {
      asked.add(ask(member, request));
    }
    return Future.any(asked).<Void>mapEmpty().recover(e -> Future.failedFuture(untold(e)));
  }

  private boolean mayAsk(InetAddress from) {
    return Objects.requireNonNull(
            clients.get(ClientSource.of(from).site(), unknown -> tokensOfAClient.get()))
        .take();
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
