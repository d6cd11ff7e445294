package io.pgplane.launch;

import io.pgplane.config.Config;
import io.pgplane.config.ConfigException;
import io.pgplane.config.Listener;
import io.pgplane.config.Problem;
import io.pgplane.controlplane.health.HealthVerticle;
import io.pgplane.dataplane.accept.ListenerVerticle;
import io.pgplane.dataplane.auth.Throttle;
import io.pgplane.dataplane.cancel.CancelKeys;
import io.pgplane.dataplane.cancel.CancelVerticle;
import io.pgplane.dataplane.cancel.Detour;
import io.pgplane.dataplane.fleet.Fleet;
import io.pgplane.dataplane.limit.Admission;
import io.pgplane.dataplane.limit.Places;
import io.pgplane.dataplane.route.Approach;
import io.pgplane.dataplane.session.Rules;
import io.pgplane.dataplane.session.SessionFilter;
import io.pgplane.dataplane.session.SessionRegistry;
import io.pgplane.dataplane.session.SessionServices;
import io.pgplane.dataplane.session.SessionView;
import io.pgplane.protocol.wire.CancelRequest;
import io.pgplane.topology.Timeout;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** One member: its listeners, the rules they go by, and the sessions they have begun. */
public final class Pgplane {
  /** Negative ports: Vert.x binds a free one, and shares it among the instances of a listener. */
  private static final AtomicInteger FREE_PORT = new AtomicInteger();

  private final Vertx vertx;
  private final SessionServices services;
  private final RulesLoader loader;
  private final Fleet fleet;
  private final HealthVerticle health;
  private final CancelVerticle cancels;
  private final Map<String, List<ListenerVerticle>> verticles = new ConcurrentHashMap<>();
  private volatile Config config;
  private volatile Rules rules;

  private Pgplane(
      SessionServices services, Fleet fleet, RulesLoader loader, Config config, Rules rules) {
    this.vertx = services.vertx();
    this.services = services;
    this.fleet = fleet;
    this.loader = loader;
    this.config = config;
    this.rules = rules;
    this.health = new HealthVerticle(fleet, services.random());
    this.cancels = new CancelVerticle(services.cancelKeys());
  }

  /**
   * Starts all listeners, or none.
   *
   * @return fails with a {@link ConfigException} if a file that the configuration names cannot be
   *     used, or with the reason why a listener cannot be bound
   */
  public static Future<Pgplane> start(Vertx vertx, Config config) {
    return start(vertx, config, Ports.ALONE);
  }

  /** The same for a member of a cluster. */
  public static Future<Pgplane> start(Vertx vertx, Config config, Ports ports) {
    SecureRandom random = new SecureRandom();
    SessionServices services =
        new SessionServices(
            vertx,
            random,
            new CancelKeys(random, ports.number()),
            new Detour(ports.otherMembers()),
            new Admission(),
            new Throttle(vertx),
            new Places(),
            new SessionRegistry());
    Fleet fleet = new Fleet();
    RulesLoader loader = new RulesLoader(config, random, fleet);
    return vertx
        .executeBlocking(() -> loader.load(config), false)
        .map(rules -> new Pgplane(services, fleet, loader, config, rules))
        .compose(member -> vertx.deployVerticle(member.health).map(member))
        .compose(member -> vertx.deployVerticle(member.cancels).map(member))
        // The first login shall find the roles known.
        .compose(member -> member.watchServers(member.rules).map(member))
        .compose(Pgplane::listen);
  }

  /** The port that a listener is bound to. */
  public int port(String listener) {
    List<ListenerVerticle> instances = verticles.get(listener);
    if (instances == null) {
      throw new IllegalArgumentException("no listener named " + listener);
    }
    return instances.get(0).port();
  }

  /** How many sessions there are, from the accepted connection on. */
  public int sessions() {
    return services.registry().size();
  }

  /**
   * How sessions do, the oldest first.
   *
   * @param most so many, and no more
   */
  public Future<List<SessionView>> sessionList(SessionFilter filter, int most) {
    Promise<List<SessionView>> here = ((VertxInternal) vertx).promise();
    services.registry().list(filter, most).onComplete(here);
    return here.future();
  }

  /**
   * Ends a session with 57P01 as soon as it is idle, or after its {@code timeouts.drain}, whatever
   * it does then; one that is still logging in, at once.
   *
   * @return whether there is one
   */
  public boolean endSession(long id) {
    return services.registry().end(id);
  }

  /** Ends sessions so, and says how many. */
  public int endSessions(SessionFilter filter) {
    return services.registry().endAll(filter);
  }

  /** The servers, and how each does. */
  public Fleet fleet() {
    return fleet;
  }

  /** How many clients have connected and not yet logged in. */
  public int handshakes() {
    return services.admission().taken();
  }

  /** How many places under limits are taken. */
  public int places() {
    return services.places().taken();
  }

  /** How many logins wait for a place on a route or at a server. */
  public int waiting() {
    return services.places().waiting() + fleet.waiting();
  }

  /** What is known of failed logins. */
  public Throttle throttle() {
    return services.throttle();
  }

  /** How many sessions can be cancelled: those that a server has let in. */
  public int cancelKeys() {
    return services.cancelKeys().size();
  }

  /**
   * Cancels what a session of this member does: for requests that came to another member.
   *
   * @return completed when the server has taken the request; fails if there is no session with its
   *     key, and asks nobody else
   */
  public Future<Void> cancel(CancelRequest request) {
    return cancels.cancel(request, config.timeouts().millis(Timeout.CONNECT));
  }

  /**
   * Takes another configuration for new sessions. Those that run go on by theirs, but for those of
   * users that it removes or disables, and those at servers that it does not name.
   *
   * @return fails with a {@link ConfigException} if it cannot be taken; then nothing has changed
   */
  public Future<Void> reconfigure(Config next) {
    List<Problem> fixed = movedListeners(next);
    if (!fixed.isEmpty()) {
      return Future.failedFuture(new ConfigException(fixed));
    }
    return vertx
        .executeBlocking(() -> loader.load(next), true)
        .compose(
            loaded -> {
              Rules before = rules;
              watchServers(loaded); // first: a server that comes back must not count as removed
              config = next;
              rules = loaded;
              return vertx.executeBlocking(
                  () -> {
                    services.registry().changed(before.users(), loaded.users());
                    return null;
                  },
                  true);
            });
  }

  /**
   * Accepts no more clients, ends sessions as they become idle, and each that does not after its
   * {@code timeouts.drain}.
   */
  public Future<Void> drain() {
    verticles.values().forEach(each -> each.forEach(ListenerVerticle::stopAccepting));
    return services.registry().drain();
  }

  private Future<Void> watchServers(Rules of) {
    List<Approach> approaches = of.routes().approaches();
    fleet.adopt(approaches.stream().map(Approach::pool).toList());
    return health.watch(approaches);
  }

  private Future<Pgplane> listen() {
    List<Future<?>> deployments = new ArrayList<>();
    for (Listener listener : config.listeners()) {
      deployments.add(deploy(listener));
    }
    return Future.join(deployments)
        .<Pgplane>map(this)
        .recover(e -> drain().transform(drained -> Future.failedFuture(e)));
  }

  private Future<?> deploy(Listener listener) {
    int port = listener.port() == 0 ? FREE_PORT.decrementAndGet() : listener.port();
    Listener bound = listener.at(port);
    List<ListenerVerticle> instances = new CopyOnWriteArrayList<>();
    verticles.put(listener.name(), instances);
    return vertx
        .deployVerticle(
            () -> {
              ListenerVerticle instance = new ListenerVerticle(bound, services, () -> rules);
              instances.add(instance);
              return instance;
            },
            new DeploymentOptions().setInstances(Runtime.getRuntime().availableProcessors()))
        .recover(
            e ->
                Future.failedFuture(
                    new IllegalStateException(
                        "listener "
                            + listener.name()
                            + ": cannot listen on "
                            + listener.host()
                            + ":"
                            + listener.port()
                            + ": "
                            + e.getMessage(),
                        e)));
  }

  private List<Problem> movedListeners(Config next) {
    List<Listener> before = config.listeners();
    List<Listener> after = next.listeners();
    List<Problem> problems = new ArrayList<>();
    if (before.size() != after.size()) {
      problems.add(new Problem("listeners", "listeners come and go only with a restart"));
    }
    for (int i = 0; i < Math.min(before.size(), after.size()); i++) {
      if (!sameAddress(before.get(i), after.get(i))) {
        problems.add(
            new Problem(
                "listeners[" + i + "]", "name, host and port of a listener need a restart"));
      }
    }
    return problems;
  }

  private static boolean sameAddress(Listener a, Listener b) {
    return a.name().equals(b.name()) && a.host().equals(b.host()) && a.port() == b.port();
  }
}
