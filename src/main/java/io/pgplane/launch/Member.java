package io.pgplane.launch;

import io.pgplane.config.Admin;
import io.pgplane.config.Cluster;
import io.pgplane.config.Config;
import io.pgplane.config.ConfigException;
import io.pgplane.config.Problem;
import io.pgplane.controlplane.admin.AdminServices;
import io.pgplane.controlplane.cluster.ClusterNode;
import io.pgplane.controlplane.cluster.ClusteredVertx;
import io.pgplane.controlplane.events.Seal;
import io.pgplane.controlplane.events.SealedBus;
import io.pgplane.controlplane.revision.Announcer;
import io.pgplane.controlplane.revision.Control;
import io.pgplane.controlplane.revision.InForce;
import io.pgplane.controlplane.revision.LocalLedger;
import io.pgplane.controlplane.revision.RevisionStore;
import io.pgplane.controlplane.revision.Revisions;
import io.pgplane.controlplane.store.Stores;
import io.pgplane.crypto.ClusterSecret;
import io.pgplane.dataplane.session.SessionFilter;
import io.pgplane.observability.Meters;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One process of pgplane: a {@link Pgplane} that goes by the revisions, which it shares with the
 * other members where there are any.
 */
public final class Member {
  private static final Logger LOG = LoggerFactory.getLogger(Member.class);

  private final Vertx vertx;
  private final String name;
  private final Config first;
  private final Meters meters = new Meters();
  private final Promise<Pgplane> pgplane = Promise.promise();
  private final Optional<ClusterLink> link;

  /** For requests of applications; a member without a secret takes none. */
  private final Optional<SealedBus> bus;

  private final Revisions revisions;
  private final Desk desk;
  private final AdminPort admin;
  private final Warnings warnings = new Warnings();
  private final AtomicBoolean stopping = new AtomicBoolean();
  private final Promise<Void> stopped = Promise.promise();

  private Member(
      Vertx vertx, Config config, Optional<ClusterNode> node, List<ClusterSecret> secrets) {
    this.vertx = vertx;
    this.first = config;
    this.admin = new AdminPort(vertx);
    this.name = config.cluster().member().orElseGet(HostName::own);
    Seal seal = new Seal(secrets, meters::rejected);
    RevisionStore store = Stores.of(vertx, config.store(), seal);
    this.link = node.map(there -> new ClusterLink(vertx, there, name, seal));
    this.bus =
        link.map(ClusterLink::bus)
            .or(() -> config.clusterSecret().map(secret -> new SealedBus(vertx, seal)));
    Home home = new Home(vertx.getOrCreateContext());
    InForce inForce = (next, ending) -> home.run(() -> take(next, ending));
    Revisions.Ports ports =
        new Revisions.Ports(
            link.map(ClusterLink::ledger).orElseGet(LocalLedger::new),
            store,
            seal,
            link.map(ClusterLink::announcer).orElse(Announcer.NONE),
            inForce,
            meters::propagated);
    this.revisions = new Revisions(vertx, name, config, ports);
    this.desk =
        new Desk(
            revisions,
            new OwnDesk(name, pgplane.future(), revisions, () -> pgplane().config()),
            link);
    MemberMeters.bind(meters, revisions, store);
  }

  private Future<Void> take(Config next, Set<String> ending) {
    return pgplane
        .future()
        .compose(
            it ->
                it.reconfigure(next)
                    .onSuccess(
                        done ->
                            ending.forEach(user -> it.endSessions(SessionFilter.ofUser(user)))));
  }

  /**
   * Joins the others if this Vert.x is clustered, loads what is stored, and starts all listeners.
   *
   * @param instances of each listener, on as many event loops
   * @return fails with a {@link ConfigException}, or with the reason why it cannot be one of the
   *     cluster; then nothing of it runs
   */
  public static Future<Member> start(Vertx vertx, Config config, int instances) {
    return start(vertx, config, instances, begun -> {});
  }

  /**
   * The same for who may have to stop it before it has started.
   *
   * @param begun is given it before anything is done
   */
  static Future<Member> start(Vertx vertx, Config config, int instances, Consumer<Member> begun) {
    return vertx
        .executeBlocking(() -> secrets(config.cluster()))
        .map(secrets -> of(vertx, config, secrets))
        .compose(
            member -> {
              begun.accept(member);
              return member
                  .run(member.first, instances)
                  .map(member)
                  .recover(e -> member.stop().transform(stopped -> Future.failedFuture(e)));
            });
  }

  private static Member of(Vertx vertx, Config config, List<ClusterSecret> secrets) {
    Optional<ClusterNode> node = ClusterNode.of(vertx, config.cluster());
    if (node.isPresent() && config.clusterSecret().isEmpty()) {
      throw new ConfigException(List.of(ClusteredVertx.NO_SECRET));
    }
    return new Member(vertx, node.isPresent() ? config.joined() : config, node, secrets);
  }

  private Future<Void> run(Config config, int instances) {
    vertx.executeBlocking(() -> Warnings.of(config)).onSuccess(warnings::log);
    if (config.clusterSecret().isEmpty()) {
      LOG.warn(
          "cluster.secret is missing: when users change and pgplane restarts, the salts of unknown"
              + " users change, which tells them from others; `openssl rand -base64 32` makes one");
    }
    // First of all, and closed last: it tells why the member is not ready, and how its end goes on.
    config.admin().ifPresent(port -> meters.watchProcess());
    return admin
        .open(config.admin(), new AdminServices(meters, this::notReady, desk))
        .compose(opened -> unlessStopping(() -> joinOthers(config)))
        .compose(joined -> unlessStopping(revisions::start))
        .compose(
            snapshot ->
                unlessStopping(
                    () -> Pgplane.start(vertx, config.with(snapshot), ports().on(instances))))
        .compose(
            started ->
                unlessStopping(() -> Future.succeededFuture(started))
                    .onFailure(e -> started.drain()))
        .onComplete(pgplane)
        .map(
            started -> {
              Descriptors.tell(config.limits());
              // Clients are served already: what the file says is told while they are.
              revisions.follow().onFailure(e -> LOG.error("the file is not in force", e));
              return null;
            });
  }

  private <T> Future<T> unlessStopping(Supplier<Future<T>> step) {
    return stopping.get()
        ? Future.failedFuture("it was stopped before it had started")
        : step.get();
  }

  private Future<Void> joinOthers(Config config) {
    String node =
        link.map(there -> there.members().node()).orElseGet(() -> UUID.randomUUID().toString());
    bus.ifPresent(there -> desk.answer(there, node));
    return link.map(there -> there.join(revisions, pgplane.future(), config.cluster().leaseHold()))
        .orElseGet(Future::succeededFuture);
  }

  private Ports ports() {
    Ports alone = Ports.alone(meters);
    return link.map(there -> there.ports(alone)).orElse(alone);
  }

  /** The bound port for operators; 0 if there is none. */
  public int adminPort() {
    return admin.number();
  }

  /** How many sessions it has. */
  int sessions() {
    return isServing() ? pgplane().sessions() : 0;
  }

  /** Whether it has started. */
  boolean isServing() {
    return pgplane.future().succeeded();
  }

  /** Its data plane. */
  public Pgplane pgplane() {
    return pgplane.future().result();
  }

  /** Answers what is asked of the control plane. */
  public Control control() {
    return desk;
  }

  /** Why no new clients should be sent here; empty if they should. */
  List<String> notReady() {
    List<String> reasons = new ArrayList<>();
    if (stopping.get()) {
      reasons.add("draining");
    } else if (!pgplane.future().succeeded()) {
      reasons.add("joining");
    } else if (revisions.standing().inStep().equals(Instant.EPOCH)) {
      reasons.add("catching up: has not met enough other members since its start");
    }
    return reasons;
  }

  /**
   * The configuration file says something else.
   *
   * @return fails with a {@link ConfigException} if it cannot be taken; then nothing has changed
   */
  public Future<Void> reconfigure(Config next) {
    Config own = link.isPresent() ? next.joined() : next;
    if (!own.cluster().equals(first.cluster()) || !own.store().equals(first.store())) {
      return Future.failedFuture(
          new ConfigException(
              List.of(new Problem("", "a change of cluster or store needs a restart"))));
    }
    Optional<Problem> refusal = admin.refusal(next.admin());
    if (refusal.isPresent()) {
      return Future.failedFuture(new ConfigException(List.of(refusal.get())));
    }
    return revisions
        .local(own)
        .compose(taken -> admin.reconfigure(next.admin()))
        .onSuccess(done -> vertx.executeBlocking(() -> Warnings.of(own)).onSuccess(warnings::log));
  }

  /**
   * Says that it drains, then accepts no more clients, lets the sessions end, and says goodbye to
   * the others. While it still starts, that is given up.
   */
  public Future<Void> stop() {
    if (stopping.compareAndSet(false, true)) {
      Future<Void> left =
          isServing()
              ? noticed()
                  .compose(since -> pgplane().drain())
                  .eventually(this::leave)
                  .eventually(revisions::stop)
              : revisions.stop().eventually(this::leave);
      left.eventually(admin::close).onComplete(closed -> meters.close()).onComplete(stopped);
    }
    return stopped.future();
  }

  private Future<Void> leave() {
    return link.map(ClusterLink::leave)
        .or(() -> bus.map(SealedBus::close))
        .orElseGet(Future::succeededFuture);
  }

  /** Load balancers that ask whether this member is ready send no more clients by then. */
  private Future<Void> noticed() {
    Duration delay = pgplane().config().admin().map(Admin::drainDelay).orElse(Duration.ZERO);
    // Of no event loop, as a future of vertx.timer is: who closes Vert.x next has to hear of that.
    Promise<Void> passed = Promise.promise();
    if (delay.isZero()) {
      passed.complete();
    } else {
      vertx.setTimer(delay.toMillis(), timer -> passed.complete());
    }
    return passed.future();
  }

  /** A member without a secret makes one that no other knows. Blocks. */
  private static List<ClusterSecret> secrets(Cluster cluster) {
    List<ClusterSecret> secrets =
        cluster.secrets().isEmpty() ? List.of(ClusterSecret.random()) : cluster.secrets();
    secrets.forEach(ClusterSecret::stretch);
    return secrets;
  }
}
