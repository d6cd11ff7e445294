package io.pgplane.dataplane.fleet;

import static io.pgplane.dataplane.fleet.Fleets.adopt;
import static io.pgplane.dataplane.fleet.Fleets.backend;
import static io.pgplane.dataplane.fleet.Fleets.seat;
import static io.pgplane.dataplane.fleet.Fleets.server;
import static io.pgplane.dataplane.fleet.Fleets.servers;
import static io.pgplane.dataplane.fleet.Fleets.wish;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.pgplane.dataplane.fleet.Fleet.ServerView;
import io.pgplane.topology.Backend;
import io.pgplane.topology.Balancing;
import io.pgplane.topology.Balancing.Policy;
import io.pgplane.topology.Server;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FleetTest {
  private static final Balancing FIRST = Balancing.of(Policy.FIRST);

  private final Fleet fleet = new Fleet();

  @Test
  void keepsWhatItKnowsOfAServerThroughAReload() {
    Pool before = adopt(fleet, backend(FIRST.limitedTo(1), servers(1)));
    before.servers().get(0).probed(Health.down("gone"));
    Pool after = adopt(fleet, backend(Balancing.DEFAULTS, servers(7, 1)));

    assertThat(after.servers().get(0)).isSameAs(before.servers().get(0));
    assertThat(after.servers().get(0).health().status()).isEqualTo(Health.Status.DOWN);
  }

  @Test
  void countsTheSessionsOfABackendThroughAReload() {
    Seat running = seat(adopt(fleet, backend(FIRST.limitedTo(1), servers(1))), wish());

    Pool after = adopt(fleet, backend(FIRST.limitedTo(1), servers(1)));

    assertThat(after.pick(wish())).isInstanceOf(Pick.Full.class);
    running.release();
    assertThat(after.pick(wish())).isInstanceOf(Seat.class);
  }

  @Test
  void forgetsAServerThatIsNotNamedAnyMoreOnceItsLastSessionIsGone() {
    Seat running = seat(adopt(fleet, backend(FIRST, servers(1, 1))), wish());

    adopt(fleet, backend(FIRST, server(1)));

    assertThat(fleet.view())
        .extracting(ServerView::server, ServerView::sessions, ServerView::draining)
        .containsExactly(tuple("10.0.0.0:5432", 1, true), tuple("10.0.0.1:5432", 0, false));
    running.release();
    assertThat(fleet.view()).extracting(ServerView::server).containsExactly("10.0.0.1:5432");
  }

  @Test
  void sendsNobodyToAServerThatIsNotNamedAnyMore() {
    Pool before = adopt(fleet, backend(FIRST, servers(1, 1)));
    Seat running = seat(before, wish());

    adopt(fleet, backend(FIRST, server(1)));

    assertThat(seat(before, wish()).server()).hasToString("10.0.0.1:5432");
    adopt(fleet, backend(FIRST, server(2)));
    assertThat(before.pick(wish()))
        .isInstanceOfSatisfying(
            Pick.Unavailable.class,
            none -> assertThat(none.reason()).contains("10.0.0.0:5432 in no configuration"));
    Pool back = adopt(fleet, backend(FIRST, servers(1, 1)));
    assertThat(seat(back, wish()).server()).isSameAs(running.server());
  }

  @Test
  void changesNothingByPoolsThatAreNotTaken() {
    adopt(fleet, backend(FIRST, server(0)));

    fleet.prepare(List.of(backend(FIRST, server(0).draining())), Optional.empty());

    assertThat(fleet.view()).extracting(ServerView::draining).containsExactly(false);
  }

  @Test
  void takesEachAddressOfANameForAServer() throws UnknownHostException {
    Server named = new Server("db.example", 5432).weighing(3);
    Pool pool = adopt(fleet, backend(FIRST, named, server(9)).with(Backend.Resolve.ALL));
    ServerState other = pool.servers().get(1);
    assertThat(pool.servers()).extracting(ServerState::toString).contains("db.example:5432");

    fleet.resolved(pool, named, List.of(address(1), address(2)));
    Seat seat = seat(pool, wish());
    fleet.resolved(pool, named, List.of(address(2), address(3)));

    assertThat(pool.servers())
        .extracting(ServerState::toString)
        .containsExactly(
            "db.example(192.0.2.2):5432", "db.example(192.0.2.3):5432", "10.0.0.9:5432");
    assertThat(pool.servers()).contains(other);
    assertThat(seat.server().address()).hasValue(address(1));
    assertThat(fleet.view()).hasSize(4);
    seat.release();
    assertThat(fleet.view()).hasSize(3);
  }

  @Test
  void keepsTheAddressesOfANameThroughAReload() throws UnknownHostException {
    Server named = new Server("db.example", 5432);
    Pool pool = adopt(fleet, backend(FIRST, named).with(Backend.Resolve.ALL));
    fleet.resolved(pool, named, List.of(address(1), address(2)));

    Pool after = adopt(fleet, backend(FIRST, named.weighing(2)).with(Backend.Resolve.ALL));

    assertThat(after.servers()).isEqualTo(pool.servers());
  }

  private static InetAddress address(int last) throws UnknownHostException {
    return InetAddress.getByName("192.0.2." + last);
  }
}
