package io.pgplane.dataplane.fleet;

import static java.util.Comparator.comparing;
import static java.util.function.Function.identity;
import static java.util.stream.Collectors.toUnmodifiableMap;

import io.pgplane.dataplane.limit.Limit;
import io.pgplane.dataplane.limit.Share;
import io.pgplane.dataplane.limit.Shares;
import io.pgplane.topology.Backend;
import io.pgplane.topology.Server;
import java.net.InetAddress;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * All servers of this member, through all reloads: a server is the same one as long as its
 * backend's name, its host, its port and its address stay, and is forgotten when no configuration
 * names it any more and its last session is gone.
 */
public final class Fleet {
  private final Shares shares;
  private final ConcurrentMap<ServerId, ServerState> servers = new ConcurrentHashMap<>();
  private final ConcurrentMap<String, Quota> quotas = new ConcurrentHashMap<>();
  private volatile Map<String, Pool> pools = Map.of();

  /** The servers of a member that is alone. */
  public Fleet() {
    this(Shares.ALONE);
  }

  public Fleet(Shares shares) {
    this.shares = shares;
  }

  /**
   * How a server does, for whoever wants to see.
   *
   * @param sessions of this member, those that are logging in included
   * @param draining whether it gets no new logins, by configuration or because it is in none
   * @param circuit why its circuit is not closed; empty if it is
   */
  public record ServerView(
      String backend,
      String server,
      int sessions,
      boolean draining,
      Health health,
      Optional<String> circuit) {}

  /**
   * Pools for the backends of a configuration, by their names. A backend that is as it was keeps
   * its active pool. This has no other effect before {@link #adopt}.
   *
   * @param zone of this member of pgplane
   */
  public Map<String, Pool> prepare(Collection<Backend> backends, Optional<String> zone) {
    return backends.stream()
        .collect(toUnmodifiableMap(Backend::name, backend -> prepare(backend, zone)));
  }

  private Pool prepare(Backend backend, Optional<String> zone) {
    return Optional.ofNullable(pools.get(backend.name()))
        .filter(pool -> pool.isOf(backend, zone))
        .orElseGet(() -> new Pool(backend, zone, this));
  }

  /** These pools are in force from now on. */
  public void adopt(Collection<Pool> prepared) {
    for (Pool pool : prepared) {
      if (pools.get(pool.backend().name()) == pool) {
        continue;
      }
      // They may have been forgotten while nothing in force named them.
      pool.servers().forEach(server -> servers.put(server.id(), server));
      quotas.put(pool.backend().name(), pool.quota());
      pool.limit();
    }
    pools = prepared.stream().collect(toUnmodifiableMap(pool -> pool.backend().name(), identity()));
    sweep();
  }

  /** The pools in force, by the names of their backends. */
  public Map<String, Pool> pools() {
    return pools;
  }

  /**
   * A name has been looked up: each of its addresses is a server from now on.
   *
   * @param addresses at least one
   * @return whether a server has come or gone
   */
  public boolean resolved(Pool pool, Server server, List<InetAddress> addresses) {
    boolean changed = !pool.addresses(server).toList().equals(addresses);
    if (changed) {
      pool.resolved(server, addresses);
      sweep();
    }
    return changed;
  }

  /** How many logins wait for a place at a server. */
  public int waiting() {
    return quotas.values().stream().mapToInt(quota -> quota.room().waiting()).sum();
  }

  /** All servers that are named or have sessions. */
  public List<ServerView> view() {
    return servers.values().stream()
        .map(this::view)
        .sorted(comparing(ServerView::backend).thenComparing(ServerView::server))
        .toList();
  }

  Quota quota(Backend backend) {
    return quotas.computeIfAbsent(
        backend.name(),
        name -> {
          Quota quota = new Quota(shares.of(Limit.Kind.BACKEND, name));
          quota.share().most(backend.balancing().connectionLimit());
          return quota;
        });
  }

  /** Asks again for those who wait: the pause of a circuit, say, is over without a word. */
  public void serveWaiting() {
    quotas.values().forEach(quota -> quota.room().freed());
  }

  /** There may be a place for those who wait at this backend. */
  void freed(String backend) {
    Quota quota = quotas.get(backend);
    if (quota != null) {
      quota.room().freed();
    }
  }

  /** What stands for a server before its name is looked up: what the pool in force has for it. */
  List<ServerState> known(Backend backend, Server server) {
    Pool before = pools.get(backend.name());
    List<ServerState> found =
        before == null || backend.resolve() == Backend.Resolve.FIRST
            ? List.of()
            : before
                .addresses(server)
                .map(address -> state(backend, server, Optional.of(address)))
                .toList();
    return found.isEmpty() ? List.of(state(backend, server, Optional.empty())) : found;
  }

  ServerState state(Backend backend, Server server, Optional<InetAddress> address) {
    return servers.computeIfAbsent(
        new ServerId(backend.name(), server.host(), server.port(), address),
        id -> {
          Share share = shares.of(Limit.Kind.SERVER, id.backend() + "/" + id);
          share.most(server.connectionLimit());
          return new ServerState(id, this, share);
        });
  }

  void forgetUnlessNamed(ServerState state) {
    servers.computeIfPresent(
        state.id(), (id, there) -> there.sessions() > 0 || isNamed(there) ? there : null);
  }

  private void sweep() {
    for (ServerState state : servers.values()) {
      state.retired(!isNamed(state));
      forgetUnlessNamed(state);
    }
    quotas
        .entrySet()
        .removeIf(e -> e.getValue().share().taken() == 0 && !pools.containsKey(e.getKey()));
    serveWaiting();
  }

  private ServerView view(ServerState state) {
    return new ServerView(
        state.id().backend(),
        state.toString(),
        state.sessions(),
        Optional.ofNullable(pools.get(state.id().backend())).stream()
            .noneMatch(pool -> pool.sends(state)),
        state.health(),
        state.circuit());
  }

  private boolean isNamed(ServerState state) {
    Pool pool = pools.get(state.id().backend());
    return pool != null && pool.has(state);
  }
}
