package io.pgplane.dataplane.fleet;

import io.pgplane.topology.Backend;
import io.pgplane.topology.Balancing;
import io.pgplane.topology.Role;
import io.pgplane.topology.Server;
import io.pgplane.topology.ServerTls;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** Pools for the tests of this package, and what logins wish. */
final class Fleets {
  static final String BACKEND = "db";

  private Fleets() {}

  static Backend backend(Balancing balancing, Server... servers) {
    return new Backend(BACKEND, List.of(servers), ServerTls.DEFAULTS).with(balancing);
  }

  static Pool pool(Balancing balancing, Server... servers) {
    return adopt(new Fleet(), backend(balancing, servers));
  }

  static Pool adopt(Fleet fleet, Backend backend) {
    return adopt(fleet, backend, Optional.empty());
  }

  static Pool adopt(Fleet fleet, Backend backend, Optional<String> zone) {
    fleet.adopt(fleet.prepare(List.of(backend), zone).values());
    return Objects.requireNonNull(fleet.pools().get(BACKEND));
  }

  /** Servers 0, 1, 2, ... with these weights. */
  static Server[] servers(Integer... weights) {
    Server[] servers = new Server[weights.length];
    Arrays.setAll(servers, i -> server(i).weighing(weights[i]));
    return servers;
  }

  static Server server(int number) {
    return new Server(String.format(Locale.ROOT, "10.0.0.%d", number), 5432);
  }

  static Wish wish() {
    return wish(Role.ANY);
  }

  static Wish wish(Role role) {
    return new Wish(role, Role.ANY, "user", InetAddress.getLoopbackAddress(), 0, Set.of());
  }

  static Wish wishOf(String user) {
    return new Wish(Role.ANY, Role.ANY, user, InetAddress.getLoopbackAddress(), 0, Set.of());
  }

  static Health primary() {
    return roles(false, false, Duration.ZERO);
  }

  static Health standby(Duration lag) {
    return roles(true, true, lag);
  }

  static Health roles(boolean inRecovery, boolean readOnly, Duration lag) {
    return Health.up(Optional.of(new Health.Roles(inRecovery, readOnly, Optional.of(lag))));
  }

  /** The server that a login gets a place at, which it keeps. */
  static Seat seat(Pool pool, Wish wish) {
    return (Seat) pool.pick(wish);
  }

  /** The host that a login gets, which is gone at once. */
  static String host(Pool pool, Wish wish) {
    Seat seat = seat(pool, wish);
    seat.release();
    return seat.server().host();
  }
}
