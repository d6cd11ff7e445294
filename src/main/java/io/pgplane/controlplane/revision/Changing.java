package io.pgplane.controlplane.revision;

import io.pgplane.config.ConfigException;
import io.pgplane.controlplane.revision.ControlException.Kind;
import io.pgplane.controlplane.revision.Revision.Author;
import io.pgplane.controlplane.revision.Revisions.Applied;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;

/** The way of a change from the wish to the acknowledgement. */
final class Changing {
  private static final int TRIES = 20;

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

  private record Committed(Revision revision, long nanos) {}

  /** What is to be changed, made of the state of the moment. */
  record Wish(
      OptionalLong expected,
      String author,
      String comment,
      boolean dryRun,
      Set<String> endSessions,
      Function<State, List<Change>> changes) {}

  /** The first revision of all; fails as stale if another member was first. */
  Future<Void> first(Wish seed) {
    return attempt(seed, TRIES).mapEmpty();
  }

  /** Changes the current state, whichever it is when its turn comes. */
  Future<Applied> change(Wish wish) {
    return turns
        .take(() -> following.catchUp().compose(current -> attempt(wish, TRIES)))
        .compose(this::announce);
  }

  private record Attempt(Applied applied, Optional<Committed> committed) {}

  private Future<Attempt> attempt(Wish wish, int tries) {
    State state = following.state();
    if (wish.expected().isPresent() && wish.expected().getAsLong() != state.number()) {
      return Future.failedFuture(ControlException.stale(state.number()));
    }
    return vertx
        .executeBlocking(() -> draft(state, wish))
        .compose(
            draft ->
                wish.dryRun() || (draft.changes().isEmpty() && wish.endSessions().isEmpty())
                    ? Future.succeededFuture(nothingDone(state, wish, draft))
                    : commit(wish, draft, tries));
  }

  private static Attempt nothingDone(State state, Wish wish, Revision draft) {
    return new Attempt(
        new Applied(state.number(), wish.dryRun(), draft.changes(), List.of()), Optional.empty());
  }

  private Revision draft(State state, Wish wish) {
    List<Change> changes = wish.changes().apply(state);
    Author author =
        new Author(
            wish.author(), wish.comment(), member, Instant.now().truncatedTo(ChronoUnit.MILLIS));
    Revision draft = Revision.after(state, author, wish.endSessions(), changes);
    try {
      following.check(state.then(draft));
    } catch (ConfigException e) {
      throw ControlException.invalid(e.problems());
    }
    return draft;
  }

  private Future<Attempt> commit(Wish wish, Revision draft, int tries) {
    return ports
        .ledger()
        .commit(draft)
        .compose(
            committed -> {
              long now = System.nanoTime();
              boolean ours = committed.digest().equals(draft.digest());
              Future<Void> taken = following.take(committed);
              if (ours) {
                return taken.map(
                    done ->
                        new Attempt(
                            new Applied(draft.number(), false, draft.changes(), List.of()),
                            Optional.of(new Committed(draft, now))));
              }
              return tries == 0
                  ? Future.failedFuture(
                      ControlException.of(Kind.UNAVAILABLE, "too many changes at a time"))
                  : taken.compose(done -> attempt(wish, tries - 1));
            });
  }

  private Future<Applied> announce(Attempt attempt) {
    if (attempt.committed().isEmpty()) {
      return Future.succeededFuture(attempt.applied());
    }
    Committed committed = attempt.committed().get();
    return ports
        .announcer()
        .announce(committed.revision())
        .map(
            late -> {
              if (late.isEmpty()) {
                ports.propagated().accept(Duration.ofNanos(System.nanoTime() - committed.nanos()));
              }
              List<String> all = new ArrayList<>(late);
              following.standing().trouble().ifPresent(why -> all.add(member + ": " + why));
              Applied applied = attempt.applied();
              return new Applied(applied.revision(), false, applied.changes(), List.copyOf(all));
            });
  }
}
