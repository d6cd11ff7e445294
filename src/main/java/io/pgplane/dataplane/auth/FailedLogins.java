package io.pgplane.dataplane.auth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.pgplane.topology.Cidr;
import io.pgplane.topology.Throttling;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The failed logins of late, by address, by user, and by both; and who has logged in from where.
 *
 * <p>Bounded: of very many, those that were of no use for longest are forgotten. Used from all
 * event loops.
 */
final class FailedLogins {
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

  /**
   * Failures since the first that counts.
   *
   * @param first when it was
   * @param last when the last one was
   * @param lockedUntil when the address may come again; in the past if it may
   */
  private record Tally(int failures, long first, long last, long lockedUntil) {}

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
    return left(addresses.getIfPresent(Cidr.ofOneClient(address)));
  }

  /**
   * A login has failed.
   *
   * <p>libpq tries a refused login again without TLS (sslmode=prefer), or with it (allow), with the
   * same password. So of two failures of a user from an address, one with TLS and one without, the
   * second counts for nothing. Its refusal is as late as that of the first. Guessing gains at most
   * this: two guesses for one that counts.
   *
   * @return how late its refusal is to be
   */
  Duration failed(String user, InetAddress from, boolean tls, Throttling rule) {
    String address = Cidr.ofOneClient(from);
    Pair pair = new Pair(user, address);
    int more = takeFirstTry(pair, tls) ? 0 : 1;
    int most = Math.max(count(addresses, address, more, rule), count(pairs, pair, more, rule));
    int anywhere = count(users, user, more, rule);
    boolean isKnown = known.getIfPresent(pair) != null;
    Duration late = delay(isKnown ? most : Math.max(most, anywhere), rule);
    if (more > 0) {
      firstTries.put(pair, new FirstTry(tls, ticker.read() + late.plus(SECOND_TRY).toNanos()));
    }
    return late;
  }

  /** Whether this is the second try of another one, which then has none any more. */
  private boolean takeFirstTry(Pair pair, boolean tls) {
    FirstTry first = firstTries.getIfPresent(pair);
    return first != null
        && first.tls() != tls
        && ticker.read() - first.until() <= 0
        && firstTries.asMap().remove(pair, first);
  }

  /** How long a login would begin before the last refusal of its kind was due; zero if not. */
  Duration early(String user, InetAddress from, Throttling rule) {
    Pair pair = new Pair(user, Cidr.ofOneClient(from));
    Duration here = early(pairs.getIfPresent(pair), rule);
    if (known.getIfPresent(pair) != null) {
      return here;
    }
    Duration anywhere = early(users.getIfPresent(user), rule);
    return here.compareTo(anywhere) > 0 ? here : anywhere;
  }

  private Duration early(@Nullable Tally tally, Throttling rule) {
    if (tally == null) {
      return Duration.ZERO;
    }
    Duration left = delay(tally.failures(), rule).minusNanos(ticker.read() - tally.last());
    return left.isNegative() ? Duration.ZERO : left;
  }

  /**
   * A login has succeeded; what the address has failed with other users stays.
   *
   * @return whether that is news
   */
  boolean succeeded(String user, InetAddress from) {
    Pair pair = new Pair(user, Cidr.ofOneClient(from));
    long now = ticker.read();
    Long told = known.getIfPresent(pair);
    boolean isNews =
        pairs.asMap().remove(pair) != null
            || told == null
            || now - told > LATELY.dividedBy(2).toNanos();
    known.put(pair, isNews || told == null ? now : told);
    return isNews;
  }

  /** Forgets what an address has failed; says whether there was something. */
  boolean reset(InetAddress from) {
    String address = Cidr.ofOneClient(from);
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

  private <K> int count(Cache<K, Tally> tallies, K key, int more, Throttling rule) {
    long now = ticker.read();
    return Objects.requireNonNull(
            tallies.asMap().compute(key, (same, before) -> next(before, now, more, rule)))
        .failures();
  }

  private static Tally next(@Nullable Tally before, long now, int more, Throttling rule) {
    Tally last =
        before != null && now - before.first() <= rule.within().toNanos()
            ? before
            : new Tally(0, now, now, now);
    int failures = last.failures() + more;
    boolean lock = more > 0 && rule.lockOutFailures() > 0 && failures >= rule.lockOutFailures();
    long lockedUntil = lock ? now + rule.lockOut().toNanos() : last.lockedUntil();
    return new Tally(failures, last.first(), now, lockedUntil);
  }

  private Duration left(@Nullable Tally tally) {
    long nanos = tally == null ? 0 : tally.lockedUntil() - ticker.read();
    return Duration.ofNanos(Math.max(0, nanos));
  }

  private static Duration delay(int failures, Throttling rule) {
    int late = failures - rule.freeFailures();
    if (late <= 0) {
      return Duration.ZERO;
    }
    Duration delay = rule.delay();
    for (int i = 1; i < late && delay.compareTo(rule.maxDelay()) < 0; i++) {
      delay = delay.multipliedBy(2);
    }
    return delay.compareTo(rule.maxDelay()) < 0 ? delay : rule.maxDelay();
  }
}
