package io.pgplane.testkit;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How long logins took, some of them at the same time.
 *
 * @param sorted the milliseconds of each that came through, the shortest first
 * @param lost how many did not
 */
public record LoginTimes(List<Long> sorted, int lost) {
  private static final Logger LOG = LoggerFactory.getLogger(LoginTimes.class);
  private static final int CLIENTS = 20;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** Logs in so many times, each up to ReadyForQuery. */
  public static LoginTimes of(Proxy proxy, int logins) throws InterruptedException {
    ConcurrentLinkedQueue<Long> times = new ConcurrentLinkedQueue<>();
    ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
    for (int i = 0; i < logins; i++) {
      clients.execute(
          () -> {
            long begin = System.nanoTime();
            try (ScriptedClient client = proxy.connect()) {
              proxy.login(client);
              times.add(Duration.ofNanos(System.nanoTime() - begin).toMillis());
            } catch (IOException e) {
              LOG.info("lost: {}", e.toString());
            }
          });
    }
    clients.shutdown();
    if (!clients.awaitTermination(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      throw new AssertionError("logins hang");
    }
    return new LoginTimes(times.stream().sorted().toList(), logins - times.size());
  }

  /** The time that so many of a hundred do not exceed, in milliseconds. */
  public long percentile(int percent) {
    return sorted.get(Math.max(0, (int) Math.ceil(sorted.size() * percent / 100.0) - 1));
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "p50 %d ms, p90 %d ms, p99 %d ms, %d of %d lost",
        percentile(50),
        percentile(90),
        percentile(99),
        lost,
        sorted.size() + lost);
  }
}
