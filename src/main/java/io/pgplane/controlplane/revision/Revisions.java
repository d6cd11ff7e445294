package io.pgplane.controlplane.revision;

import io.pgplane.config.Config;
import io.pgplane.config.Source;
import io.pgplane.controlplane.revision.ControlException.Kind;
import io.pgplane.topology.Snapshot;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The revisions as one member has them: takes in what others have committed, and commits what is
 * asked of it.
 *
 * <p>A change counts from the moment at which {@link Ledger#commit} has taken it. It is
 * acknowledged once every member that is there has it stored and in force. One thing is done at a
 * time, in the order in which it came; only the wait for other members is no part of that.
 */
public final class Revisions {
  private static final Logger LOG = LoggerFactory.getLogger(Revisions.class);

  private static final long LOOK_MILLIS = 1000;

  private final Vertx vertx;
  private final Ports ports;
  private final Turns turns = new Turns();
  private final Following following;
  private final Changing changing;
  private long timer = -1;

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
   * @param late members that do not have it yet, and why
   */
  public record Applied(long revision, boolean dryRun, List<Change> changes, List<String> late) {}

  /**
   * Makes the revisions of a member that knows none yet.
   *
   * @param member its name
   */
  public Revisions(Vertx vertx, String member, Config local, Ports ports) {
    this.vertx = vertx;
    this.ports = ports;
    this.following = new Following(vertx, ports, local);
    this.changing = new Changing(vertx, member, ports, turns, following);
  }

  /**
   * Loads what is stored, meets the others, and gives an empty cluster what the file says.
   *
   * @return what logins go by from now on; fails with {@link Kind#DIVERGED} if this member and the
   *     cluster do not belong together
   */
  public Future<Snapshot> start() {
    return turns.take(
        () -> following.load().compose(loaded -> meet()).compose(met -> following.snapshot()));
  }

  /** Stays in step with the others from now on. */
  public Future<Void> follow() {
    timer = vertx.setPeriodic(LOOK_MILLIS, tick -> turns.take(following::look));
    return following.local().source() == Source.FILE ? pushFile() : Future.succeededFuture();
  }

  /** Stops looking; what is under way is finished first. */
  public Future<Void> stop() {
    vertx.cancelTimer(timer);
    return turns.take(() -> ports.store().close());
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
    return turns.take(() -> following.take(revision)).map(taken -> standing());
  }

  /** The configuration file says something else. */
  public Future<Void> local(Config next) {
    return turns
        .take(() -> following.local(next))
        .compose(taken -> next.source() == Source.FILE ? pushFile() : Future.succeededFuture());
  }

  /** Reads the history. */
  <T> Future<T> read(Function<History, T> question) {
    return turns.take(() -> vertx.executeBlocking(() -> question.apply(following.history())));
  }

  /** Applies a change set. */
  public Future<Applied> apply(ChangeSet changes) {
    return refuseIfFileRules()
        .compose(
            allowed ->
                changing.change(
                    new Changing.Wish(
                        changes.expectedRevision(),
                        changes.author(),
                        changes.comment(),
                        changes.dryRun(),
                        changes.endSessions(),
                        state -> Draft.of(state, changes.edits()))));
  }

  /**
   * Makes the state that it was at a revision.
   *
   * @param changes its edits do not count
   */
  public Future<Applied> rollback(long to, ChangeSet changes) {
    String comment = changes.comment().isEmpty() ? "rollback to " + to : changes.comment();
    return refuseIfFileRules()
        .compose(
            allowed ->
                changing.change(
                    new Changing.Wish(
                        changes.expectedRevision(),
                        changes.author(),
                        comment,
                        changes.dryRun(),
                        changes.endSessions(),
                        state -> back(state, to))));
  }

  private List<Change> back(State state, long to) {
    State target =
        following
            .history()
            .stateAt(to)
            .orElseThrow(
                () -> ControlException.of(Kind.NOT_FOUND, "revision " + to + " is not kept"));
    Set<List<Object>> keys = new HashSet<>();
    following
        .history()
        .after(to)
        .forEach(
            revision ->
                revision
                    .changes()
                    .forEach(change -> keys.add(List.of(change.table(), change.name()))));
    List<Change> changes = new ArrayList<>();
    for (List<Object> key : keys) {
      Table table = (Table) key.get(0);
      String name = (String) key.get(1);
      Optional<Entry> before = state.find(table, name);
      Optional<Entry> after = target.find(table, name);
      if (!before.equals(after)) {
        changes.add(new Change(before, after));
      }
    }
    return changes;
  }

  private Future<Void> refuseIfFileRules() {
    return following.local().source() == Source.FILE
        ? Future.failedFuture(
            ControlException.of(
                Kind.FORBIDDEN,
                "this member takes users, routes and backends from its configuration file"
                    + " (topology.source: file): change the file"))
        : Future.succeededFuture();
  }

  private Future<Void> pushFile() {
    return changing
        .change(
            new Changing.Wish(
                OptionalLong.empty(),
                "file",
                "",
                false,
                Set.of(),
                state -> Draft.of(state, following.local().documents())))
        .mapEmpty();
  }

  private Future<Void> meet() {
    return following
        .meet()
        .compose(met -> following.state().number() == 0 ? seed() : Future.succeededFuture())
        .recover(this::alone);
  }

  /** Whoever has something to go by serves; whoever has nothing waits for the others. */
  private Future<Void> alone(Throwable e) {
    boolean unavailable = e instanceof ControlException reason && reason.kind() == Kind.UNAVAILABLE;
    if (!unavailable) {
      return Future.failedFuture(e);
    } else if (following.state().number() > 0) {
      LOG.warn("goes on with revision {} alone: {}", following.state().number(), e.getMessage());
      return Future.succeededFuture();
    }
    LOG.info("waits for the cluster: {}", e.getMessage());
    return vertx.timer(LOOK_MILLIS, TimeUnit.MILLISECONDS).compose(waited -> meet());
  }

  private Future<Void> seed() {
    Changing.Wish seed =
        new Changing.Wish(
            OptionalLong.of(0),
            "file",
            "the first one",
            false,
            Set.of(),
            state -> Draft.of(state, following.local().documents()));
    return changing
        .first(seed)
        // Another member was first.
        .recover(
            e ->
                e instanceof ControlException reason && reason.kind() == Kind.STALE
                    ? Future.succeededFuture()
                    : Future.failedFuture(e));
  }
}
