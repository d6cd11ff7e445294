package io.pgplane.dataplane.fleet;

import io.pgplane.dataplane.fleet.Fitness.Unfit;
import io.pgplane.dataplane.limit.Limit;
import io.pgplane.dataplane.limit.Patience;
import io.pgplane.dataplane.limit.Share;
import io.pgplane.dataplane.limit.WaitingRoom;
import io.pgplane.failure.Failures;
import io.pgplane.topology.Backend;
import io.pgplane.topology.Server;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The servers of a backend of one configuration. All methods may be called by any thread. */
public final class Pool {
  private static final int NOT_STANDBY = 2;
  private static final int OTHER_ZONE = 1;

  private final Backend backend;
  private final Optional<String> zone;
  private final Fleet fleet;
  private final Quota quota;
  private final Balancer balancer;
  private final Fitness fitness;
  private volatile List<Member> members;

  /**
   * Makes a pool whose servers have the addresses that are known of them.
   *
   * @param zone of this member of pgplane
   */
  Pool(Backend backend, Optional<String> zone, Fleet fleet) {
    this.backend = backend;
    this.zone = zone;
    this.fleet = fleet;
    this.quota = fleet.quota(backend);
    this.balancer = Balancer.of(backend.balancing());
    this.fitness = new Fitness(backend.balancing().maxLag());
    this.members =
        backend.servers().stream()
            .flatMap(server -> fleet.known(backend, server).stream().map(s -> member(server, s)))
            .toList();
  }

  /** What the configuration says of it. */
  public Backend backend() {
    return backend;
  }

  /** Whether a new one for the same would be no other. */
  boolean isOf(Backend other, Optional<String> otherZone) {
    return backend.equals(other) && zone.equals(otherZone);
  }

  /** Its servers as they are now. */
  public List<ServerState> servers() {
    return members.stream().map(Member::state).toList();
  }

  /** How many sessions of this member there are at the backend. */
  public int sessions() {
    return quota.share().taken();
  }

  /**
   * A place for a login at one of the servers that it may go to: now, or in turn if all places are
   * taken. Must be called on the context of the login.
   *
   * @param gone completed when the client has left
   * @return fails with 57P03 if there is no such server, and with 53300 as a room does
   */
  public Future<Seat> enter(Wish wish, Patience patience, Future<Void> gone) {
    return quota
        .room()
        .enter(
            new WaitingRoom.Visitor<>(List.of(inForce(), wish.kind()), () -> seat(wish), gone),
            new Limit(Limit.Kind.BACKEND, backend.name(), 0),
            patience.orFor(quota.share()).orFor(shares()));
  }

  /** Who waits goes by what is in force by then, unless other servers are spoken to otherwise. */
  private Pool inForce() {
    Pool now = fleet.pools().get(backend.name());
    return now != null
            && now.backend.tls().equals(backend.tls())
            && now.backend.auth().equals(backend.auth())
            && now.backend.proxyProtocol() == backend.proxyProtocol()
        ? now
        : this;
  }

  private Stream<Share> shares() {
    return members.stream().map(member -> member.state().share());
  }

  private Optional<Seat> seat(Wish wish) {
    Pick pick = inForce().pick(wish);
    if (pick instanceof Pick.Unavailable none) {
      throw Failures.unreachable(none.reason());
    }
    return pick instanceof Seat seat ? Optional.of(seat) : Optional.empty();
  }

  /** The same at once, or not at all. */
  public Pick pick(Wish wish) {
    List<Member> all = members;
    Candidates candidates = new Candidates(all.size());
    // Others take places, too: what was free when it was looked at may be gone.
    for (int i = 0; i <= all.size(); i++) {
      long now = System.nanoTime();
      boolean full = collect(candidates, all, wish, now);
      if (candidates.size() == 0) {
        return full ? Pick.Full.INSTANCE : new Pick.Unavailable(reasons(all, wish, now));
      }
      if (!quota.share().tryTake(wish.reserve())) {
        quota.share().want();
        return Pick.Full.INSTANCE;
      }
      Seat seat = take(balancer.choose(candidates, wish), wish, now);
      if (seat != null) {
        return seat;
      }
      quota.share().release();
    }
    return Pick.Full.INSTANCE;
  }

  /** The servers that the wish can be fulfilled at; of those, the ones that it prefers. */
  private boolean collect(Candidates candidates, List<Member> all, Wish wish, long now) {
    candidates.clear();
    int best = Integer.MAX_VALUE;
    boolean full = false;
    for (int i = 0; i < all.size(); i++) {
      Member member = all.get(i);
      Unfit unfit = fitness.of(member, wish, now);
      if (unfit == Unfit.FULL) {
        full = true;
        member.state().share().want();
      }
      int rank = unfit == Unfit.FIT ? rank(member, wish) : Integer.MAX_VALUE;
      if (rank < best) {
        best = rank;
        candidates.clear();
      }
      if (unfit == Unfit.FIT && rank == best) {
        candidates.add(member);
      }
    }
    return full;
  }

  private int rank(Member member, Wish wish) {
    boolean standby = member.state().health().roles().filter(Health.Roles::inRecovery).isPresent();
    int rank = wish.prefersStandby() && !standby ? NOT_STANDBY : 0;
    return zone.isPresent() && !zone.equals(member.server().zone()) ? rank + OTHER_ZONE : rank;
  }

  private @Nullable Seat take(Member member, Wish wish, long now) {
    ServerState server = member.state();
    if (!server.share().tryTake(wish.reserve())) {
      return null;
    }
    Circuit.State entry = server.enterCircuit(now);
    if (entry instanceof Circuit.Open) {
      server.release();
      return null;
    }
    return new Seat(server, quota, backend.circuit(), entry);
  }

  private String reasons(List<Member> all, Wish wish, long now) {
    StringJoiner reasons =
        new StringJoiner("; ", "no server of backend " + backend.name() + " is usable: ", "");
    for (Member member : all) {
      reasons.add(fitness.why(member, fitness.of(member, wish, now)));
    }
    return reasons.toString();
  }

  /** Its limits hold from now on. */
  void limit() {
    quota.share().most(backend.balancing().connectionLimit());
    members.forEach(member -> member.state().share().most(member.server().connectionLimit()));
  }

  /** The members of a server give way to one for each address; the others stay as they are. */
  void resolved(Server server, List<InetAddress> addresses) {
    List<Member> before = members;
    members =
        backend.servers().stream()
            .flatMap(
                one ->
                    one.equals(server)
                        ? addresses.stream().map(address -> at(server, address, before))
                        : before.stream().filter(member -> member.server().equals(one)))
            .toList();
  }

  private Member at(Server server, InetAddress address, List<Member> before) {
    ServerState state = fleet.state(backend, server, Optional.of(address));
    return before.stream()
        .filter(member -> member.state() == state)
        .findFirst()
        .orElseGet(() -> member(server, state));
  }

  private Member member(Server server, ServerState state) {
    return new Member(server, state, backend.balancing().slowStart());
  }

  /** What counts its sessions, through all reloads. */
  Quota quota() {
    return quota;
  }

  boolean has(ServerState state) {
    return members.stream().anyMatch(member -> member.state() == state);
  }

  /** Whether logins are sent to the server, as far as the configuration says. */
  boolean sends(ServerState state) {
    return members.stream().anyMatch(member -> member.state() == state && !member.server().drain());
  }

  /** The addresses that a server has by now. */
  Stream<InetAddress> addresses(Server server) {
    return members.stream()
        .map(Member::state)
        .filter(state -> state.host().equals(server.host()) && state.port() == server.port())
        .flatMap(state -> state.address().stream());
  }
}
