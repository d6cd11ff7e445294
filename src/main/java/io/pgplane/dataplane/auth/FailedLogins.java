package io.pgplane.dataplane.auth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.pgplane.topology.ClientSource;
import io.pgplane.topology.Throttling;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The failed logins of a user at an address, of a user at all addresses where it has not logged in
 * within a day, and of an address.
 *
 * <p>Bounded: of very many, those that were of no use for longest are forgotten. Used from all
 * event loops.
 */
final class FailedLogins {
  /** Failures of a user at such addresses, together, before they wait for each other. */
  static final int FREE_OF_USER = 100;

  /** Failures of a user before the first guess from an address has to wait, too. */
  static final int FIRST_GUESSES = 2_000;

  /** The most that failures at other addresses delay a login. */
  private static final Duration MOST_BY_OTHERS = Duration.ofSeconds(1);

  /** How often a login that waits looks whether it still has to. */
  private static final Duration LOOK = Duration.ofMillis(500);

  private static final int MOST = 50_000;
  private static final Duration LATELY = Duration.ofDays(1);

  /** For a client that has its refusal to try again. */
  private static final Duration SECOND_TRY = Duration.ofSeconds(10);

  private final Ticker ticker;
  private final Cache<String, Tally> addresses;
  private final Cache<String, Tally> users;
  private final Cache<Pair, Tally> pairs;
  private final Cache<Pair, Long> known; // when it was last told that it is
  private final Cache<Pair, FirstTry> firstTries;

  private record Pair(String user, String address) {}

  /**
   * A failure that counts, and whose second try does not.
   *
   * @param until the end of the time for the second try
   */
  private record FirstTry(boolean tls, long until) {}

  FailedLogins(Ticker ticker) {
    this.ticker = ticker;
    this.addresses = cache(ticker);
    this.users = cache(ticker);
    this.pairs = cache(ticker);
    this.known = cache(ticker);
    this.firstTries = cache(ticker);
  }

  private static <K, V> Cache<K, V> cache(Ticker ticker) {
    return Caffeine.newBuilder()
        .maximumSize(MOST)
        .expireAfterWrite(LATELY)
        .ticker(ticker)
        .executor(Runnable::run)
        .build();
  }

  /** For how long from now on an address is locked out; zero if it is not. */
  Duration lockedOut(InetAddress address) {
    return left(addresses.getIfPresent(ClientSource.of(address).network()));
  }

  /** A proof that a client is about to show. */
  Guess guess(String user, InetAddress from, boolean tls, Throttling rule) {
    return new Guess(new Pair(user, ClientSource.of(from).network()), tls, rule);
  }

  /** One proof, from its arrival to its check; used by one thread. */
  final class Guess {
    private final Pair pair;
    private final boolean tls;
    private final Throttling rule;
    private final long deadline;
    private long turn;
    private int weight = -1;
    private boolean countsOfPair;
    private boolean countsOfUser;

    private Guess(Pair pair, boolean tls, Throttling rule) {
      this.pair = pair;
      this.tls = tls;
      this.rule = rule;
      // Enough for the turn behind another client that fails again and again.
      this.deadline = ticker.read() + rule.maxDelay().multipliedBy(2).toNanos();
    }

    /**
     * How long it has to wait now, to ask again then; zero if it is to be checked at once. A proof
     * that waits counts as a failure in advance, so that many at a time gain nothing.
     *
     * @return nothing if it is not to be checked: too many wait before it
     */
    Optional<Duration> pause() {
      long now = ticker.read();
      Tally ofPair = now(pairs, pair, now, rule);
      boolean shares = shares(ofPair, now);
      if (countsOfPair && now - turn >= 0) {
        return Optional.of(Duration.ZERO);
      } else if (!shares && ofPair.failures() < rule.freeFailures()) {
        countsOfPair = false; // forgiven, if it was counted
        return Optional.of(Duration.ZERO);
      } else if (!countsOfPair && !take(ofPair, shares, now)) {
        return shares || now - deadline >= 0 ? Optional.empty() : Optional.of(LOOK);
      }
      Duration left = Duration.ofNanos(Math.max(0, turn - now));
      return Optional.of(left.compareTo(LOOK) < 0 ? left : LOOK);
    }

    /** Whether it waits for the failures at other addresses, too. */
    private boolean shares(Tally ofPair, long now) {
      int ofUser = now(users, pair.user(), now, rule).failures();
      int free = ofPair.failures() == 0 ? FIRST_GUESSES : FREE_OF_USER;
      return ofUser >= free && !isKnown(pair);
    }

    /** Takes the next turn, unless it comes too late. */
    private boolean take(Tally ofPair, boolean shares, long now) {
      turn = ofPair.turn(now);
      if (turn - deadline > 0) {
        return false;
      }
      if (shares) {
        long ofUser = now(users, pair.user(), now, rule).turn(now);
        if (ofUser - now > MOST_BY_OTHERS.toNanos()) {
          return false;
        }
        turn = Math.max(turn - now, ofUser - now) + now;
        countOfUser(turn);
      }
      countOfPair(turn);
      return true;
    }

    /**
     * It was wrong.
     *
     * <p>libpq tries a refused login again without TLS (sslmode=prefer), or with it (allow), with
     * the same password. So of two failures of a user from an address, one with TLS and one
     * without, the second counts for nothing. Guessing gains at most this: two guesses for one that
     * counts.
     */
    void failed() {
      long now = ticker.read();
      count(addresses, pair.address(), now, rule, tally -> ofAddress(tally, now));
      if (!countsOfUser && !isKnown(pair)) {
        countOfUser(now);
      }
      if (!countsOfPair) {
        countOfPair(now);
      }
      if (weight() > 0) {
        firstTries.put(pair, new FirstTry(tls, now + SECOND_TRY.toNanos()));
      }
    }

    private Tally ofAddress(Tally tally, long now) {
      int after = rule.lockOutAfter();
      boolean lock = weight() > 0 && after > 0 && tally.failures() + 1 >= after;
      return tally.plus(weight(), now, lock ? rule.lockOut() : Duration.ZERO);
    }

    private void countOfPair(long at) {
      countsOfPair = true;
      count(
          pairs,
          pair,
          at,
          rule,
          tally -> tally.plus(weight(), at, apart(tally.failures() + weight(), rule)));
    }

    private void countOfUser(long at) {
      countsOfUser = true;
      count(
          users,
          pair.user(),
          at,
          rule,
          tally -> {
            int failures = tally.failures() + weight();
            return tally.plus(
                weight(), at, failures < FREE_OF_USER ? Duration.ZERO : rule.maxDelay());
          });
    }

    /** Zero for the second try of another one, which then has none any more. */
    private int weight() {
      if (weight < 0) {
        FirstTry first = firstTries.getIfPresent(pair);
        boolean isSecond =
            first != null
                && first.tls() != tls
                && ticker.read() - first.until() <= 0
                && firstTries.asMap().remove(pair, first);
        weight = isSecond ? 0 : 1;
      }
      return weight;
    }

    /**
     * It was right. All that wait with it may go on, and one more failure is free; more are not, so
     * that who guesses at the user's own address gains at most one guess by each of its logins.
     *
     * @return whether that is news
     */
    boolean succeeded() {
      long now = ticker.read();
      int kept = Math.max(0, rule.freeFailures() - 1);
      Tally before = pairs.getIfPresent(pair);
      boolean waited = before != null && before.failures() > kept;
      if (waited) {
        pairs.asMap().computeIfPresent(pair, (same, tally) -> tally.forgiven(kept, now));
      }
      Long told = known.getIfPresent(pair);
      boolean isNews = waited || told == null || now - told > LATELY.dividedBy(2).toNanos();
      if (isNews) {
        known.put(pair, now);
      }
      return isNews;
    }
  }

  private boolean isKnown(Pair pair) {
    return known.getIfPresent(pair) != null;
  }

  /** Forgets what an address has failed; says whether there was something. */
  boolean reset(InetAddress from) {
    String address = ClientSource.of(from).network();
    pairs.asMap().keySet().removeIf(pair -> pair.address().equals(address));
    firstTries.asMap().keySet().removeIf(pair -> pair.address().equals(address));
    return addresses.asMap().remove(address) != null;
  }

  List<Throttle.Entry> view() {
    return addresses.asMap().entrySet().stream()
        .map(
            one ->
                new Throttle.Entry(one.getKey(), one.getValue().failures(), left(one.getValue())))
        .toList();
  }

  private static <K> Tally now(Cache<K, Tally> tallies, K key, long now, Throttling rule) {
    return Tally.now(tallies.getIfPresent(key), now, rule.within());
  }

  private static <K> void count(
      Cache<K, Tally> tallies, K key, long now, Throttling rule, UnaryOperator<Tally> next) {
    tallies
        .asMap()
        .compute(key, (same, before) -> next.apply(Tally.now(before, now, rule.within())));
  }

  private Duration left(@Nullable Tally address) {
    long nanos = address == null ? 0 : address.next() - ticker.read();
    return Duration.ofNanos(Math.max(0, nanos));
  }

  /** How long the next proof of a pair with these failures waits. */
  private static Duration apart(int failures, Throttling rule) {
    if (failures < rule.freeFailures()) {
      return Duration.ZERO;
    }
    Duration delay = rule.delay();
    for (int i = rule.freeFailures();
        i < failures && !delay.isZero() && delay.compareTo(rule.maxDelay()) < 0;
        i++) {
      delay = delay.multipliedBy(2);
    }
    return delay.compareTo(rule.maxDelay()) < 0 ? delay : rule.maxDelay();
  }
}
