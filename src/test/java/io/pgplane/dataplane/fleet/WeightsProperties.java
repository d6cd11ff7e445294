package io.pgplane.dataplane.fleet;

import static io.pgplane.dataplane.fleet.Fleets.pool;
import static io.pgplane.dataplane.fleet.Fleets.seat;
import static io.pgplane.dataplane.fleet.Fleets.servers;
import static io.pgplane.dataplane.fleet.Fleets.wishOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.pgplane.topology.Balancing;
import io.pgplane.topology.Balancing.Policy;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Each policy but {@code first} keeps the weights, within 2 % over 100,000 logins. */
class WeightsProperties {
  private static final int PICKS = 100_000;
  private static final double TOLERANCE = 0.02;

  @Property(tries = 5)
  void roundRobin(@ForAll @Size(min = 2, max = 6) List<@IntRange(min = 1, max = 20) Integer> w) {
    assertShares(Policy.ROUND_ROBIN, w, false, 1);
    assertShares(Policy.ROUND_ROBIN, w, false, 4);
  }

  @Property(tries = 5)
  void random(@ForAll @Size(min = 2, max = 6) List<@IntRange(min = 1, max = 20) Integer> w) {
    assertShares(Policy.RANDOM, w, false, 1);
    assertShares(Policy.RANDOM, w, false, 4);
  }

  @Property(tries = 5)
  void hash(@ForAll @Size(min = 2, max = 6) List<@IntRange(min = 1, max = 20) Integer> w) {
    assertShares(Policy.HASH, w, false, 1);
  }

  @Property(tries = 5)
  void leastConnections(
      @ForAll @Size(min = 2, max = 6) List<@IntRange(min = 1, max = 20) Integer> w) {
    assertShares(Policy.LEAST_CONNECTIONS, w, true, 1);
    assertShares(Policy.LEAST_CONNECTIONS, w, true, 4);
    assertShares(Policy.LEAST_CONNECTIONS, w, false, 1);
  }

  @Property(tries = 5)
  void twoChoices(@ForAll @Size(min = 2, max = 6) List<@IntRange(min = 1, max = 20) Integer> w) {
    assertShares(Policy.TWO_CHOICES, w, true, 1);
    assertShares(Policy.TWO_CHOICES, w, true, 4);
    assertShares(Policy.TWO_CHOICES, w, false, 1);
  }

  private static void assertShares(
      Policy policy, List<Integer> weights, boolean sessionsStay, int threads) {
    Pool pool = pool(Balancing.of(policy), servers(weights.toArray(Integer[]::new)));

    Map<String, Long> picks =
        IntStream.range(0, threads)
            .parallel()
            .boxed()
            .flatMap(thread -> picks(pool, PICKS / threads, sessionsStay, thread).stream())
            .collect(Collectors.groupingBy(host -> host, Collectors.counting()));

    double sum = weights.stream().mapToInt(weight -> weight).sum();
    for (int i = 0; i < weights.size(); i++) {
      double share = picks.getOrDefault("10.0.0." + i, 0L) / (double) PICKS;
      assertThat(share)
          .as("%s %s, %d threads", policy, weights, threads)
          .isCloseTo(weights.get(i) / sum, within(TOLERANCE));
    }
  }

  private static List<String> picks(Pool pool, int count, boolean sessionsStay, int thread) {
    return IntStream.range(0, count)
        .mapToObj(
            i -> {
              Seat seat = seat(pool, wishOf("user" + thread + "." + i));
              if (!sessionsStay) {
                seat.release();
              }
              return seat.server().host();
            })
        .toList();
  }
}
