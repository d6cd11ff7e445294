package io.pgplane.launch;

import io.pgplane.config.Config;
import io.pgplane.config.ConfigException;
import io.pgplane.config.Problem;
import io.pgplane.controlplane.health.HealthVerticle;
import io.pgplane.dataplane.auth.LoginOutcome;
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
import io.pgplane.dataplane.stream.HostResolver;
import io.pgplane.observability.LogRate;
import io.pgplane.observability.Meters;
import io.pgplane.protocol.wire.CancelRequest;
import io.pgplane.topology.Timeout;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.security.SecureRandom;
import java.util.List;

/** One member: its listeners, the rules they go by, and the sessions they have begun. */
public final class Pgplane {
  private final Vertx vertx;
  private final SessionServices services;
  private final RulesLoader loader;
  private final Fleet fleet;
  private final HealthVerticle health;
  private final CancelVerticle cancels;
  private final Listeners listeners;
  private final TlsProviders providers = new TlsProviders();
  private volatile Runnable unwatch = () -> {};
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
    this.health = new HealthVerticle(fleet, services.random(), services.resolver());
    this.cancels = new CancelVerticle(services.cancelKeys(), services.resolver());
    this.listeners = new Listeners(services, () -> this.rules);
  }

  /**
   * Starts all listeners, or none.
   *
   * @return fails with a {@link ConfigException} if a file that the configuration names cannot be
   *     used, or with the reason why a listener cannot be bound
   */
  public static Future<Pgplane> start(Vertx vertx, Config config) {
    return start(vertx, config, Ports.alone());
  }

  /** The same for a member of a cluster. */
  public static Future<Pgplane> start(Vertx vertx, Config config, Ports ports) {
    SecureRandom random = new SecureRandom();
    SessionServices services =
        new SessionServices(
            vertx,
            random,
            new HostResolver(vertx),
            new CancelKeys(random, ports.number()),
            new Detour(ports.otherMembers()),
            new Admission(),
            new Throttle(vertx),
            new Places(ports.shares()),
            new SessionRegistry(),
            ports.meters(),
            new LogRate());
    Fleet fleet = new Fleet(ports.shares());
    RulesLoader loader = new RulesLoader(config, random, fleet);
    return vertx
        .executeBlocking(() -> loader.load(config), false)
        .map(rules -> new Pgplane(services, fleet, loader, config, rules))
        .onSuccess(member -> MemberMeters.bind(ports.meters(), member))
        .onSuccess(
            member ->
                member.unwatch = CertificateWatch.start(vertx, member::config, ports.meters()))
        .compose(member -> vertx.deployVerticle(member.health).map(member))
        .compose(member -> vertx.deployVerticle(member.cancels).map(member))
        // The first login shall find the roles known.
        .compose(member -> member.inForce(member.rules).map(member))
        .compose(member -> member.listen(ports.instances()));
  }

  /** The port that a listener is bound to. */
  public int port(String listener) {
    return listeners.port(listener);
  }

  /** What it goes by at the moment. */
  Config config() {
    return config;
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

  /** How many clients were closed because too many were logging in. */
  public long refusedConnections() {
    return services.admission().refused();
  }

  /** How many silent clients were closed to make room for new ones. */
  public long displacedConnections() {
    return services.admission().displaced();
  }

  /** What it counts. */
  public Meters meters() {
    return services.meters();
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

  /** Counts what other members have seen of logins; see {@link Throttle#tellOthers}. */
  public void observed(List<LoginOutcome> outcomes) {
    services.throttle().observed(rules.throttling(), outcomes);
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
   * users that it removes or disables, and those at servers that it does not name; limits hold for
   * all who have no place yet.
   *
   * @return fails with a {@link ConfigException} if it cannot be taken; then nothing has changed
   */
  public Future<Void> reconfigure(Config next) {
    List<Problem> fixed = Listeners.moved(config.listeners(), next.listeners());
    if (!fixed.isEmpty()) {
      return Future.failedFuture(new ConfigException(fixed));
    }
    return vertx
        .executeBlocking(() -> loader.load(next), true)
        .compose(
            loaded -> {
              Rules before = rules;
              if (loaded.routes() == before.routes()) {
                services.places().limits(loaded::most);
              } else {
                inForce(loaded); // first: a server that comes back must not count as removed
              }
              config = next;
              rules = loaded;
              providers.tell(loaded);
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
    unwatch.run();
    listeners.stopAccepting();
    return services.registry().drain();
  }

  private Future<Void> inForce(Rules of) {
    services.places().limits(of::most);
    List<Approach> approaches = of.routes().approaches();
    fleet.adopt(approaches.stream().map(Approach::pool).toList());
    return health.watch(approaches);
  }

  private Future<Pgplane> listen(int instances) {
    providers.tell(rules);
    return listeners
        .open(config.listeners(), instances)
        .<Pgplane>map(this)
        .recover(e -> drain().transform(drained -> Future.failedFuture(e)));
  }
}
