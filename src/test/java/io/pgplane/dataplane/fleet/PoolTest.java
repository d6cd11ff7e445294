package io.pgplane.dataplane.fleet;

import static io.pgplane.dataplane.fleet.Fleets.adopt;
import static io.pgplane.dataplane.fleet.Fleets.backend;
import static io.pgplane.dataplane.fleet.Fleets.host;
import static io.pgplane.dataplane.fleet.Fleets.pool;
import static io.pgplane.dataplane.fleet.Fleets.primary;
import static io.pgplane.dataplane.fleet.Fleets.roles;
import static io.pgplane.dataplane.fleet.Fleets.seat;
import static io.pgplane.dataplane.fleet.Fleets.server;
import static io.pgplane.dataplane.fleet.Fleets.servers;
import static io.pgplane.dataplane.fleet.Fleets.standby;
import static io.pgplane.dataplane.fleet.Fleets.wish;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.testkit.Await;
import io.pgplane.topology.Balancing;
import io.pgplane.topology.Balancing.Policy;
import io.pgplane.topology.CircuitRule;
import io.pgplane.topology.Role;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PoolTest {
  private static final Balancing FIRST = Balancing.of(Policy.FIRST);
  private static final Balancing IN_TURN = Balancing.DEFAULTS;

  @ParameterizedTest
  @CsvSource({
    "ANY,            10.0.0.0",
    "PRIMARY,        10.0.0.0",
    "READ_WRITE,     10.0.0.1",
    "STANDBY,        10.0.0.2",
    "READ_ONLY,      10.0.0.0",
    "PREFER_STANDBY, 10.0.0.2",
  })
  void goesToAServerOfTheRole(Role role, String host) {
    Pool pool = pool(FIRST, servers(1, 1, 1));
    pool.servers().get(0).probed(roles(false, true, Duration.ZERO));
    pool.servers().get(1).probed(primary());
    pool.servers().get(2).probed(standby(Duration.ZERO));

    assertThat(host(pool, wish(role))).isEqualTo(host);
    assertThat(host(pool, asClient(role))).isEqualTo(host);
  }

  @Test
  void fulfilsTheRoleOfTheRouteAndThatOfTheClient() {
    Pool pool = pool(FIRST, servers(1, 1));
    pool.servers().get(0).probed(primary());
    pool.servers().get(1).probed(standby(Duration.ZERO));

    assertThat(host(pool, both(Role.PREFER_STANDBY, Role.PRIMARY))).isEqualTo("10.0.0.0");
    assertThat(pool.pick(both(Role.STANDBY, Role.READ_WRITE)))
        .isEqualTo(
            new Pick.Unavailable(
                "no server of backend db is usable: 10.0.0.0:5432 up, a primary;"
                    + " 10.0.0.1:5432 up, a standby"));
  }

  @Test
  void prefersAStandbyAndTakesAnyOther() {
    Pool pool = pool(FIRST, servers(1, 1));
    pool.servers().get(0).probed(primary());
    pool.servers().get(1).probed(Health.down("refused"));

    assertThat(host(pool, wish(Role.PREFER_STANDBY))).isEqualTo("10.0.0.0");
  }

  @Test
  void knowsNoRoleBeforeAProbeHasAsked() {
    Pool pool = pool(FIRST, servers(1));

    assertThat(host(pool, wish(Role.ANY))).isEqualTo("10.0.0.0");
    assertThat(pool.pick(wish(Role.PRIMARY)))
        .isInstanceOfSatisfying(
            Pick.Unavailable.class,
            none -> assertThat(none.reason()).endsWith("not probed yet, role not known"));
  }

  @Test
  void leavesALateStandbyOutForEveryRole() {
    Pool pool = pool(FIRST.maxLag(Duration.ofSeconds(5)), servers(1, 1, 1));
    pool.servers().get(0).probed(standby(Duration.ofSeconds(6)));
    pool.servers()
        .get(1)
        .probed(Health.up(Optional.of(new Health.Roles(true, true, Optional.empty()))));
    pool.servers().get(2).probed(standby(Duration.ofSeconds(5)));

    assertThat(host(pool, wish(Role.STANDBY))).isEqualTo("10.0.0.2");
    assertThat(host(pool, wish(Role.ANY))).isEqualTo("10.0.0.2");
  }

  @Test
  void staysInItsZoneAsLongAsAServerThereIsUsable() {
    Pool pool =
        adopt(
            new Fleet(),
            backend(IN_TURN, server(0).in("west"), server(1).in("east"), server(2)),
            Optional.of("east"));

    assertThat(hosts(pool)).containsOnly("10.0.0.1");
    pool.servers().get(1).probed(Health.down("gone"));
    assertThat(hosts(pool)).containsOnly("10.0.0.0", "10.0.0.2");
  }

  @Test
  void doesNotGoWhereTheLoginHasBeen() {
    Pool pool = pool(FIRST, servers(1, 1));
    Wish second =
        new Wish(Role.ANY, Role.ANY, "", loopback(), 0, Set.of(seat(pool, wish()).server()));

    assertThat(host(pool, second)).isEqualTo("10.0.0.1");
  }

  @Test
  void isFullAtTheLimitOfItsServersAndAtItsOwn() {
    Pool servers = pool(FIRST, server(0).limitedTo(1), server(1).limitedTo(1));
    Pool backend = pool(FIRST.limitedTo(2), servers(1, 1));
    for (Pool pool : Set.of(servers, backend)) {
      Seat first = seat(pool, wish());
      seat(pool, wish());

      assertThat(pool.pick(wish())).isInstanceOf(Pick.Full.class);
      first.release();
      first.release();
      assertThat(pool.sessions()).isEqualTo(1);
      assertThat(pool.pick(wish())).isInstanceOf(Seat.class);
      assertThat(pool.pick(wish())).isInstanceOf(Pick.Full.class);
    }
  }

  @Test
  void leavesAServerAloneThatFailsItsLoginsAndTriesItAfterAWhile() {
    Pool pool =
        adopt(
            new Fleet(),
            backend(FIRST, servers(1, 1))
                .with(new CircuitRule(2, Duration.ofMillis(50), Duration.ofSeconds(1))));
    for (int i = 0; i < 2; i++) {
      Seat seat = seat(pool, wish());
      seat.failed("connection refused");
      seat.release();
    }

    assertThat(host(pool, wish())).isEqualTo("10.0.0.1");
    assertThat(pool.servers().get(0).circuit()).hasValue("connection refused");
    Await.until("a trial", () -> host(pool, wish()).equals("10.0.0.0"));
    Seat trial = seat(pool, wish());
    assertThat(trial.server().host()).isEqualTo("10.0.0.0");
    assertThat(host(pool, wish())).as("beside the trial").isEqualTo("10.0.0.1");
    trial.succeeded();
    assertThat(host(pool, wish())).isEqualTo("10.0.0.0");
  }

  @Test
  void givesAServerThatHasComeBackItsShareBitByBit() {
    Pool pool = pool(IN_TURN.slowStart(Duration.ofHours(1)), servers(1, 1));
    ServerState back = pool.servers().get(0);
    back.probed(Health.down("gone"));
    back.probed(Health.up(Optional.empty()));

    assertThat(IntStream.range(0, 500).mapToObj(i -> host(pool, wish())))
        .filteredOn("10.0.0.0"::equals)
        .hasSizeBetween(1, 2);
  }

  @Test
  void holdsTheLimitWhenManyComeAtOnce() {
    Pool pool = pool(Balancing.of(Policy.RANDOM), server(0).limitedTo(50), server(1).limitedTo(50));

    long seats =
        IntStream.range(0, 1000)
            .parallel()
            .mapToObj(i -> pool.pick(wish()))
            .filter(Seat.class::isInstance)
            .count();

    assertThat(seats).isEqualTo(100);
    assertThat(pool.servers()).extracting(ServerState::sessions).containsExactly(50, 50);
  }

  private static Set<String> hosts(Pool pool) {
    return IntStream.range(0, 10).mapToObj(i -> host(pool, wish())).collect(Collectors.toSet());
  }

  private static Wish asClient(Role role) {
    return both(Role.ANY, role);
  }

  private static Wish both(Role route, Role client) {
    return new Wish(route, client, "user", loopback(), 0, Set.of());
  }

  private static InetAddress loopback() {
    return InetAddress.getLoopbackAddress();
  }
}
