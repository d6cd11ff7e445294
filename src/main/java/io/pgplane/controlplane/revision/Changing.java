package io.pgplane.controlplane.revision;

import io.pgplane.config.ConfigException;
import io.pgplane.config.Documents;
import io.pgplane.config.TopologyReader;
import io.pgplane.config.Warning;
import io.pgplane.controlplane.revision.Announcer.Told;
import io.pgplane.controlplane.revision.ControlException.Kind;
import io.pgplane.controlplane.revision.Revision.Author;
import io.pgplane.controlplane.revision.Revisions.Applied;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** The way of a change from the wish to the acknowledgement. */
final class Changing {
  private static final int TRIES = 20;
  private static final int LOOKS = 4;
  private static final long LOOK_MILLIS = 500;

  private final Vertx vertx;
  private final String member;
  private final Revisions.Ports ports;
  private final Turns turns;
  private final Following following;

  Changing(Vertx vertx, String member, Revisions.Ports ports, Turns turns, Following following) {
    this.vertx = vertx;
    this.member = member;
    this.ports = ports;
    this.turns = turns;
    this.following = following;
  }

  /**
   * What is to be changed.
   *
   * @param set who wants it and how; its edits do not count
   * @param plan made of the state of the moment
   */
  record Wish(ChangeSet set, Function<State, Plan> plan) {}

  /**
   * What has come of a wish before the others know.
   *
   * @param committed at which nanoTime; empty if nothing was
   */
  private record Attempt(Revision draft, Optional<Long> committed, List<Warning> warnings) {
    static Attempt without(Revision draft) {
      return new Attempt(draft, Optional.empty(), List.of());
    }
  }

  /** The first revision of all; fails as stale if another member was first. */
  Future<Void> first(Wish seed) {
    return attempt(seed, TRIES).mapEmpty();
  }

  /** Changes the current state, whichever it is when its turn comes. */
  Future<Applied> change(Wish wish) {
    return turns
        .take(() -> following.catchUp().compose(current -> attempt(wish, TRIES)))
        .compose(
            attempt ->
                attempt.committed().isPresent()
                    ? acknowledge(attempt.draft(), attempt.committed().get())
                    : Future.succeededFuture(
                        wish.set().dryRun() ? dry(attempt) : applied(attempt.draft(), List.of())));
  }

  private Future<Attempt> attempt(Wish wish, int tries) {
    State state = following.state();
    ChangeSet set = wish.set();
    if (set.expectedRevision().isPresent()
        && set.expectedRevision().getAsLong() != state.number()) {
      return Future.failedFuture(ControlException.stale(state.number()));
    }
    return vertx
        .executeBlocking(
            () -> {
              Revision draft = draft(state, wish);
              return set.dryRun()
                  ? new Attempt(draft, Optional.empty(), warnings(state, draft, set))
                  : Attempt.without(draft);
            })
        .compose(
            drafted ->
                set.dryRun() || drafted.draft().isNothing()
                    ? Future.succeededFuture(drafted)
                    : commit(wish, drafted.draft(), tries));
  }

  private Revision draft(State state, Wish wish) {
    ChangeSet set = wish.set();
    Plan plan = wish.plan().apply(state);
    Author author =
        new Author(
            set.author(), set.comment(), member, Instant.now().truncatedTo(ChronoUnit.MILLIS));
    Revision draft = Revision.after(state, author, set.endSessions(), plan);
    try {
      if (!plan.changes().isEmpty()) {
        following.check(state.then(draft));
      }
    } catch (ConfigException e) {
      throw ControlException.invalid(e.problems());
    }
    return draft;
  }

  private Future<Attempt> commit(Wish wish, Revision draft, int tries) {
    if (!following.complete()) {
      return unavailable(following.tooFew());
    }
    return ports
        .ledger()
        .commit(draft)
        .compose(
            there -> {
              if (there.digest().equals(draft.digest())) {
                return committed(draft, System.nanoTime());
              }
              return following
                  .take(there)
                  .compose(
                      taken ->
                          tries > 0
                              ? attempt(wish, tries - 1)
                              : unavailable("too many changes at a time"));
            });
  }

  /** Where a member has slept while others went on, its number may have been forgotten already. */
  private Future<Attempt> committed(Revision draft, long now) {
    return ports
        .ledger()
        .base()
        .compose(
            base ->
                base.filter(begin -> begin.number() < draft.number()).isPresent()
                    ? following
                        .take(draft)
                        .map(taken -> new Attempt(draft, Optional.of(now), List.of()))
                    : unavailable("the change came too late; try again"));
  }

  private Future<Applied> acknowledge(Revision revision, long committed) {
    return announce(revision, LOOKS)
        .compose(
            told -> {
              if (told.late().isEmpty()) {
                ports.propagated().accept(Duration.ofNanos(System.nanoTime() - committed));
              }
              return acknowledge(revision, told);
            });
  }

  /** A member that has just come may not be known here yet, for a second. */
  private Future<Told> announce(Revision revision, int looks) {
    return ports
        .announcer()
        .announce(revision)
        .compose(
            told ->
                looks > 0 && told.late().isEmpty() && told.have() + 1 < following.quorum()
                    ? vertx
                        .timer(LOOK_MILLIS, TimeUnit.MILLISECONDS)
                        .compose(waited -> announce(revision, looks - 1))
                    : Future.succeededFuture(told));
  }

  private Future<Applied> acknowledge(Revision revision, Told told) {
    Standing own = following.standing();
    boolean here = Math.min(own.stored(), own.inForce()) >= revision.number();
    List<String> late = new ArrayList<>(told.late());
    if (!here) {
      late.add(member + ": " + own.trouble().orElse("is behind"));
    }
    return told.have() + (here ? 1 : 0) < following.quorum()
        ? unavailable(
            "revision "
                + revision.number()
                + " is committed, but fewer than "
                + following.quorum()
                + " members have it stored and in force: "
                + String.join("; ", late))
        : Future.succeededFuture(applied(revision, List.copyOf(late)));
  }

  private static Applied applied(Revision draft, List<String> late) {
    long current = draft.isNothing() ? draft.number() - 1 : draft.number();
    return new Applied(current, false, draft.changes(), List.of(), late);
  }

  private static Applied dry(Attempt attempt) {
    Revision draft = attempt.draft();
    return new Applied(draft.number() - 1, true, draft.changes(), attempt.warnings(), List.of());
  }

  /** The warnings that the state has only with this revision. */
  private static List<Warning> warnings(State state, Revision draft, ChangeSet set) {
    List<Warning> before = TopologyReader.warnings(withUsers(state.documents(), Map.of()));
    // Their passwords are verifiers in the draft.
    Map<String, String> users = new HashMap<>();
    for (ChangeSet.Edit edit : set.edits()) {
      if (edit instanceof ChangeSet.Edit.Put put && put.table() == Table.USERS) {
        users.put(put.name(), put.document().copy().put("name", put.name()).encode());
      }
    }
    return TopologyReader.warnings(withUsers(state.then(draft).documents(), users)).stream()
        .filter(warning -> !before.contains(warning))
        .toList();
  }

  private static Documents withUsers(Documents documents, Map<String, String> users) {
    return new Documents(users, documents.routes(), documents.backends());
  }

  private static <T> Future<T> unavailable(String why) {
    return Future.failedFuture(ControlException.of(Kind.UNAVAILABLE, why));
  }
}
