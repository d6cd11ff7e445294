package io.pgplane.testkit;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * How long logins took, some of them at the same time.
 *
 * @param sorted the milliseconds of each that came through, the shortest first
 * @param lost how many did not
 */
public record LoginTimes(List<Long> sorted, int lost) {

  /** Logs in so many times, each up to ReadyForQuery. */
  public static LoginTimes of(Proxy proxy, int logins) {
    ConcurrentLinkedQueue<Long> times = new ConcurrentLinkedQueue<>();
    AtomicInteger lost = new AtomicInteger();
    IntStream.range(0, logins)
        .parallel()
        .forEach(
            i -> {
              long begin = System.nanoTime();
              try (ScriptedClient client = proxy.connect()) {
                proxy.login(client);
                times.add(Duration.ofNanos(System.nanoTime() - begin).toMillis());
              } catch (IOException e) {
                lost.incrementAndGet();
              }
            });
    return new LoginTimes(times.stream().sorted().toList(), lost.get());
  }

  /** The time that so many of a hundred do not exceed, in milliseconds. */
  public long percentile(int percent) {
    return sorted.get(Math.max(0, (int) Math.ceil(sorted.size() * percent / 100.0) - 1));
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "p50 %d ms, p99 %d ms, %d of %d lost",
        percentile(50),
        percentile(99),
        lost,
        sorted.size() + lost);
  }
}
