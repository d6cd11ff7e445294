package io.pgplane.controlplane.revision;

import io.pgplane.config.Config;
import io.pgplane.config.Documents;
import io.pgplane.config.Source;
import io.pgplane.config.Warning;
import io.pgplane.controlplane.revision.ControlException.Kind;
import io.pgplane.topology.Snapshot;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The revisions as one member has them: takes in what others have committed, and commits what is
 * asked of it.
 *
 * <p>A change counts from the moment at which {@link Ledger#commit} has taken it. It is
 * acknowledged once every member that is there has it stored and in force, or has said why not, and
 * as many as the quorum demands have it. Since no change is committed before as many have brought
 * in what they knew, nothing that was acknowledged is lost, even with the ledger. One thing is done
 * at a time, in the order in which it came; only the wait for other members is no part of that.
 */
public final class Revisions {
  private static final Logger LOG = LoggerFactory.getLogger(Revisions.class);

  private static final long LOOK_MILLIS = 1000;
  private static final int END_SECONDS = 5;

  private final Vertx vertx;
  private final Ports ports;
  private final Turns turns;
  private final Following following;
  private final Changing changing;
  private final FilePush file;
  private final AtomicBoolean looking = new AtomicBoolean();

  private volatile boolean stopped;
  private volatile long timer = -1;

  /**
   * What a member needs of all else.
   *
   * @param propagated told how long each change of this member took to be in force at all members
   */
  public record Ports(
      Ledger ledger,
      RevisionStore store,
      Sealer sealer,
      Announcer announcer,
      InForce inForce,
      Consumer<Duration> propagated) {}

  /**
   * What has become of a change.
   *
   * @param revision the current one, which is the one before if nothing has changed
   * @param warnings of a dry run: those that the change brings
   * @param late members that do not have it yet, and why
   */
  public record Applied(
      long revision,
      boolean dryRun,
      List<Change> changes,
      List<Warning> warnings,
      List<String> late) {}

  /**
   * Makes the revisions of a member that knows none yet.
   *
   * @param member its name
   */
  public Revisions(Vertx vertx, String member, Config local, Ports ports) {
    this.vertx = vertx;
    this.ports = ports;
    this.turns = new Turns(vertx);
    this.following = new Following(vertx, member, ports, local);
    this.changing = new Changing(vertx, member, ports, turns, following);
    this.file = new FilePush(vertx, member, changing, following);
  }

  /**
   * Loads what is stored, meets the others, and gives an empty cluster what the file says.
   *
   * @return what logins go by from now on; fails with {@link Kind#DIVERGED} if this member and the
   *     cluster do not belong together
   */
  public Future<Snapshot> start() {
    return turns.take(
        () ->
            following
                .load()
                .compose(loaded -> Steps.repeat(this::meet))
                .compose(met -> following.snapshot()));
  }

  /** Stays in step with the others from now on. */
  public Future<Void> follow() {
    timer = vertx.setPeriodic(LOOK_MILLIS, tick -> look());
    return file.begin();
  }

  /**
   * Looks at once whether all is as it should be, as it is done each second, and does what is left
   * to do; completed when that is done, unless it is being done already. Never fails.
   */
  public Future<Void> look() {
    if (!looking.compareAndSet(false, true)) {
      return Future.succeededFuture();
    }
    return turns
        .take(following::look)
        .compose(looked -> file.look())
        .onFailure(e -> LOG.debug("to be done again", e))
        .otherwiseEmpty()
        .eventually(
            () -> {
              looking.set(false);
              return Future.succeededFuture();
            });
  }

  /** Stops looking and listening; what is under way is finished first, if that is soon. */
  public Future<Void> stop() {
    stopped = true;
    vertx.cancelTimer(timer);
    return turns
        .take(() -> ports.store().close().eventually(ports.ledger()::close))
        .timeout(END_SECONDS, TimeUnit.SECONDS);
  }

  public Standing standing() {
    return following.standing();
  }

  /** The current state. */
  public State state() {
    return following.state();
  }

  /** Another member has committed this; completed once it is stored and in force here. */
  public Future<Standing> announced(Revision revision) {
    return turns.take(() -> stopped ? over() : following.take(revision)).map(taken -> standing());
  }

  /**
   * The configuration file says something else.
   *
   * @return fails if it cannot be taken; then what it was before goes on
   */
  public Future<Void> local(Config next) {
    return turns
        .take(
            () -> {
              Documents before = following.local().documents();
              return following.local(next).map(before);
            })
        .compose(file::changed);
  }

  /** Whether topology.source is file, and not all files agree with the active state. */
  public boolean filesDiffer() {
    return file.differs();
  }

  /** Reads the history, off the event loop. */
  <T> Future<T> read(Function<History, T> question) {
    return vertx.executeBlocking(() -> question.apply(following.history()), false);
  }

  /** Applies a change set. */
  public Future<Applied> apply(ChangeSet changes) {
    return change(changes, state -> Draft.of(state, changes.edits()));
  }

  /**
   * Makes the state that it was at a revision.
   *
   * @param changes its edits do not count
   */
  public Future<Applied> rollback(long to, ChangeSet changes) {
    String comment = changes.comment().isEmpty() ? "rollback to " + to : changes.comment();
    return change(
        changes.commented(comment),
        state ->
            following
                .history()
                .back(to)
                .orElseThrow(
                    () -> ControlException.of(Kind.NOT_FOUND, "revision " + to + " is not kept")));
  }

  private Future<Applied> change(ChangeSet set, Function<State, List<Change>> changes) {
    return following.local().source() == Source.FILE
        ? Future.failedFuture(
            ControlException.of(
                Kind.FORBIDDEN,
                "this member takes users, routes and backends from its configuration file"
                    + " (topology.source: file): change the file"))
        : changing.change(new Changing.Wish(set, state -> Plan.of(changes.apply(state))));
  }

  /** Whether to try again: who has something to go by serves, who has nothing waits for others. */
  private Future<Boolean> meet() {
    return following
        .catchUp()
        .compose(met -> state().number() == 0 ? seed() : Future.succeededFuture())
        .map(met -> false)
        .recover(this::alone);
  }

  private Future<Boolean> alone(Throwable e) {
    if (!ControlException.is(e, Kind.UNAVAILABLE) || stopped) {
      return Future.failedFuture(e);
    } else if (state().number() > 0) {
      LOG.warn("goes on with revision {} alone: {}", state().number(), e.getMessage());
      return Future.succeededFuture(false);
    }
    LOG.info("waits for the cluster: {}", e.getMessage());
    return vertx.timer(LOOK_MILLIS, TimeUnit.MILLISECONDS).map(waited -> true);
  }

  private Future<Void> seed() {
    return changing
        .first(
            new Changing.Wish(
                ChangeSet.by("file", OptionalLong.of(0), "the first one"), file::seed))
        // Another member was first.
        .recover(
            e ->
                ControlException.is(e, Kind.STALE)
                    ? Future.succeededFuture()
                    : Future.failedFuture(e));
  }

  private static Future<Void> over() {
    return Future.failedFuture(ControlException.of(Kind.UNAVAILABLE, "this member has stopped"));
  }
}
