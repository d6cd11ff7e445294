package io.pgplane.controlplane.health;

import io.pgplane.dataplane.backend.Dialer;
import io.pgplane.dataplane.fleet.Fleet;
import io.pgplane.dataplane.fleet.ServerState;
import io.pgplane.dataplane.route.Approach;
import io.pgplane.dataplane.stream.HostResolver;
import io.pgplane.dataplane.tls.ServerTlsContext;
import io.pgplane.topology.CipherSuites;
import io.pgplane.topology.HealthCheck;
import io.pgplane.topology.ServerLogin;
import io.pgplane.topology.ServerTls;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Follows the servers of the configuration in force, on one event loop. */
public final class HealthVerticle extends VerticleBase {
  /** Looking up what is within its TTL costs nothing: the resolver remembers it. */
  private static final long TICK_MILLIS = TimeUnit.SECONDS.toMillis(1);

  /** The event loop can begin about as many: thousands of servers are not dialed at once. */
  private static final int FIRST_PROBES_A_MILLI = 5;

  /** A probe without a login sends no secret, so it need not verify the server. */
  private static final ServerTls ANY_SERVER =
      new ServerTls(
          Optional.of(ServerTls.Mode.REQUIRE),
          Optional.empty(),
          Optional.empty(),
          CipherSuites.TLS_1_2);

  private final Fleet fleet;
  private final SecureRandom random;
  private final HostResolver resolver;
  private final Map<ServerState, ServerWatch> watches = new HashMap<>();
  private List<Approach> approaches = List.of();
  private @Nullable Tools tools;
  private @Nullable Names names;

  /** What a probe works with. */
  record Tools(Vertx vertx, SecureRandom random, Dialer dialer, ServerTlsContext anyServer) {}

  /** Does nothing before {@link #watch}. */
  public HealthVerticle(Fleet fleet, SecureRandom random, HostResolver resolver) {
    this.fleet = fleet;
    this.random = random;
    this.resolver = resolver;
  }

  @Override
  public Future<?> start() {
    names = new Names(resolver, fleet, this::follow);
    return vertx
        .executeBlocking(() -> ServerTlsContext.load(ANY_SERVER, new ServerLogin.Trust()), false)
        .onSuccess(
            anyServer -> {
              tools = new Tools(vertx, random, new Dialer(vertx, resolver), anyServer);
              vertx.setPeriodic(TICK_MILLIS, tick -> tick());
            });
  }

  /**
   * Looks after the servers of these backends from now on, and no others; by any thread.
   *
   * @return completed when each that is probed has been looked at once
   */
  public Future<Void> watch(List<Approach> backends) {
    Promise<Void> looked = Promise.promise();
    context.runOnContext(
        now -> {
          approaches = backends;
          lookUp();
          follow();
          Future.join(watches.values().stream().map(ServerWatch::looked).toList())
              .<Void>mapEmpty()
              .onComplete(looked);
        });
    return looked.future();
  }

  private void tick() {
    lookUp();
    fleet.serveWaiting();
  }

  private void lookUp() {
    Names resolving = Objects.requireNonNull(names);
    approaches.forEach(approach -> resolving.lookUp(approach.pool()));
  }

  /** Each server of a backend with a check has a watch, and no other has. */
  private void follow() {
    Tools with = Objects.requireNonNull(tools);
    Set<ServerState> named = new HashSet<>();
    int begun = 0;
    for (Approach approach : approaches) {
      Optional<HealthCheck> check = approach.pool().backend().health();
      if (check.isPresent()) {
        for (ServerState server : approach.pool().servers()) {
          named.add(server);
          ServerWatch watch = watches.get(server);
          if (watch == null) {
            long wait = begun++ / FIRST_PROBES_A_MILLI;
            watches.put(server, new ServerWatch(with, server, check.get(), approach, wait));
          } else {
            watch.use(check.get(), approach);
          }
        }
      }
    }
    Set<ServerState> gone = new HashSet<>(watches.keySet());
    gone.removeAll(named);
    for (ServerState server : gone) {
      Objects.requireNonNull(watches.remove(server)).stop();
    }
  }
}
