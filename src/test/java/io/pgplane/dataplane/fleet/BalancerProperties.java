package io.pgplane.dataplane.fleet;

import static io.pgplane.dataplane.fleet.Fleets.host;
import static io.pgplane.dataplane.fleet.Fleets.pool;
import static io.pgplane.dataplane.fleet.Fleets.seat;
import static io.pgplane.dataplane.fleet.Fleets.server;
import static io.pgplane.dataplane.fleet.Fleets.servers;
import static io.pgplane.dataplane.fleet.Fleets.wish;
import static io.pgplane.dataplane.fleet.Fleets.wishOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.pgplane.topology.Balancing;
import io.pgplane.topology.Balancing.HashBy;
import io.pgplane.topology.Balancing.Policy;
import io.pgplane.topology.Role;
import io.pgplane.topology.Server;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class BalancerProperties {

  @Property(tries = 100)
  void neverChoosesADownADrainingOrAFullServer(
      @ForAll Policy policy, @ForAll @Size(6) List<@IntRange(min = 0, max = 3) Integer> matters) {
    Server[] servers = new Server[matters.size()];
    Arrays.setAll(
        servers,
        i ->
            switch (matters.get(i)) {
              case 1 -> server(i).draining();
              case 2 -> server(i).limitedTo(1);
              default -> server(i);
            });
    Pool pool = pool(Balancing.of(policy), servers);
    for (int i = 0; i < servers.length; i++) {
      ServerState state = pool.servers().get(i);
      if (matters.get(i) == 2) {
        state.share().tryTake(0);
      } else if (matters.get(i) == 3) {
        state.probed(Health.down("gone"));
      }
    }

    for (int i = 0; i < 50; i++) {
      Pick pick = pool.pick(wishOf("user" + i));
      if (matters.contains(0)) {
        int chosen = pool.servers().indexOf(((Seat) pick).server());
        assertThat(matters.get(chosen)).isZero();
      } else if (matters.contains(2)) {
        assertThat(pick).isInstanceOf(Pick.Full.class);
      } else {
        assertThat(pick).isInstanceOf(Pick.Unavailable.class);
      }
    }
  }

  @Property(tries = 20)
  void roundRobinWithEqualWeightsIsStrictlyInTurn(
      @ForAll @IntRange(min = 1, max = 12) int count,
      @ForAll @IntRange(min = 1, max = 100) int weight) {
    Integer[] weights = new Integer[count];
    Arrays.fill(weights, weight);
    Pool pool = pool(Balancing.of(Policy.ROUND_ROBIN), servers(weights));

    for (int i = 0; i < 10 * count; i++) {
      assertThat(host(pool, wish())).isEqualTo(server(i % count).host());
    }
  }

  @Example
  void roundRobinSpreadsTheTurnsOfAHeavyServer() {
    Pool pool = pool(Balancing.of(Policy.ROUND_ROBIN), servers(1, 3));

    List<String> hosts = IntStream.range(0, 4).mapToObj(i -> host(pool, wish())).toList();

    assertThat(hosts).startsWith("10.0.0.0", "10.0.0.1").containsOnlyOnce("10.0.0.0");
  }

  @Example
  void roundRobinDoesNotFloodAServerThatWasAway() {
    Pool pool = pool(Balancing.of(Policy.ROUND_ROBIN), servers(1, 1));
    ServerState away = pool.servers().get(1);
    away.probed(Health.down("gone"));
    IntStream.range(0, 1000).forEach(i -> host(pool, wish()));

    away.probed(Health.up(Optional.empty()));

    List<String> hosts = IntStream.range(0, 10).mapToObj(i -> host(pool, wish())).toList();
    assertThat(hosts.stream().filter("10.0.0.1"::equals).count()).isBetween(5L, 6L);
  }

  @Property(tries = 20)
  void firstGoesOnToTheNextOnlyIfTheFirstIsNotUsable(@ForAll @IntRange(min = 0, max = 4) int down) {
    Pool pool = pool(Balancing.of(Policy.FIRST), servers(1, 1, 1, 1, 1));
    for (int i = 0; i < down; i++) {
      pool.servers().get(i).probed(Health.down("gone"));
    }

    assertThat(host(pool, wish())).isEqualTo(server(down).host());
    assertThat(host(pool, wish())).isEqualTo(server(down).host());
  }

  @Property(tries = 20)
  void hashMovesOnlyTheShareOfAServerThatComesOrGoes(
      @ForAll @Size(min = 3, max = 6) List<@IntRange(min = 1, max = 5) Integer> weights) {
    int users = 20_000;
    Balancing balancing = Balancing.of(Policy.HASH);
    Server[] all = servers(weights.toArray(Integer[]::new));
    Pool before = pool(balancing, Arrays.copyOf(all, all.length - 1));
    Pool after = pool(balancing, all);
    String come = all[all.length - 1].host();

    int moved = 0;
    for (int i = 0; i < users; i++) {
      String then = host(before, wishOf("user" + i));
      String now = host(after, wishOf("user" + i));
      assertThat(now).isIn(then, come);
      moved += now.equals(then) ? 0 : 1;
    }

    double sum = weights.stream().mapToInt(weight -> weight).sum();
    assertThat(moved / (double) users)
        .isCloseTo(weights.get(weights.size() - 1) / sum, within(0.02));
  }

  @Example
  void hashGoesByTheAddressIfItShall() throws UnknownHostException {
    Pool pool =
        pool(
            new Balancing(Policy.HASH, HashBy.ADDRESS, Duration.ZERO, 0, Duration.ZERO),
            servers(1, 1, 1, 1));
    InetAddress client = InetAddress.getByName("192.0.2.7");

    assertThat(IntStream.range(0, 100).mapToObj(i -> host(pool, from(client, "user" + i))))
        .containsOnly(host(pool, from(client, "somebody")));
    Set<String> hosts = new HashSet<>();
    for (int i = 0; i < 100; i++) {
      hosts.add(host(pool, from(InetAddress.getByName("192.0.2." + i), "somebody")));
    }
    assertThat(hosts).hasSize(4);
  }

  @Example
  void leastConnectionsFillsUpTheEmptyOne() {
    Pool pool = pool(Balancing.of(Policy.LEAST_CONNECTIONS), servers(1, 1));
    IntStream.range(0, 10).forEach(i -> pool.servers().get(0).share().tryTake(0));

    assertThat(IntStream.range(0, 9).mapToObj(i -> seat(pool, wish()).server().host()))
        .containsOnly("10.0.0.1");
  }

  private static Wish from(InetAddress client, String user) {
    return new Wish(Role.ANY, Role.ANY, user, client, 0, Set.of());
  }
}
