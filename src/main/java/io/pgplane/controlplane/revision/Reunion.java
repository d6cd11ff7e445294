package io.pgplane.controlplane.revision;

import io.pgplane.controlplane.revision.ControlException.Kind;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.LongStream;

/**
 * Brings what a member knows and what the members share together, whichever of both is longer. They
 * belong together if one is provably the beginning of the other; nothing is guessed where neither
 * is, and nothing that is in either is ever taken away.
 */
final class Reunion {
  /** How many revisions are read at a time. */
  private static final int BATCH = 200;

  /** How many numbers behind a gap are looked at, to tell a lost revision from planted rubbish. */
  private static final int LOOKS = 10;

  /** A revision of more characters is not read anew at each look. */
  private static final int LARGE = 100_000;

  /** So many looks go by what was read of a large one before. */
  private static final int GLANCES = 30;

  private final Ledger ledger;

  /** The digest of the large revision that was last found to be the same in the ledger. */
  private String seen = "";

  private int glancesLeft;

  Reunion(Ledger ledger) {
    this.ledger = ledger;
  }

  private record Shared(State base, SortedSet<Long> numbers) {}

  /**
   * Adds to the ledger what it lacks, and to the history what that lacks.
   *
   * @return the history with all that is committed; fails with {@link Kind#DIVERGED}, or with
   *     {@link Kind#UNAVAILABLE}
   */
  Future<History> meet(History own) {
    glancesLeft = 0;
    return bring(own);
  }

  private Future<History> bring(History own) {
    return ledger
        .base()
        .compose(
            base ->
                base.isPresent()
                    ? Future.succeededFuture(base)
                    : ledger.begin(own.base()).compose(begun -> ledger.base()))
        .compose(this::shared)
        .compose(
            shared ->
                shared.base().number() > own.current().number()
                    ? behind(own, shared)
                    : supply(own, shared).compose(supplied -> forward(own, shared.numbers())));
  }

  /** The same where nothing is to be changed: may find out later that both are not the same. */
  Future<History> glance(History own) {
    return bring(own);
  }

  /** What the ledger has, for a member that gives up what is its own. */
  Future<History> adopt() {
    return ledger
        .base()
        .compose(this::shared)
        .compose(shared -> forward(History.from(shared.base()), shared.numbers()));
  }

  private Future<Shared> shared(Optional<State> base) {
    if (base.isEmpty()) {
      return Future.failedFuture(
          ControlException.of(Kind.UNAVAILABLE, "the cluster has lost its revisions just now"));
    }
    return ledger
        .numbers()
        .map(
            numbers ->
                new Shared(base.get(), new TreeSet<>(numbers).tailSet(base.get().number() + 1)));
  }

  /** What comes right after what this member has is forgotten already. */
  private Future<History> behind(History own, Shared shared) {
    State base = shared.base();
    return proven(base.has(own.current().number(), own.current().digest()), own.current().number())
        .compose(same -> forward(History.from(base), shared.numbers()));
  }

  private Future<Void> supply(History own, Shared shared) {
    return lastShared(own, shared, own.current().number())
        .compose(
            last -> {
              List<Long> missing = missing(own, shared, last);
              return (missing.isEmpty() ? done() : checkNext(own, shared))
                  .compose(same -> fold(own, shared, missing))
                  .compose(folded -> Steps.each(missing, number -> commit(own, number)));
            });
  }

  private static List<Long> missing(History own, Shared shared, long lastShared) {
    return LongStream.rangeClosed(shared.base().number() + 1, own.current().number())
        .filter(number -> number > lastShared || !shared.numbers().contains(number))
        .boxed()
        .toList();
  }

  /** The last revision that both have; it must be the same, and so are then all before it. */
  private Future<Long> lastShared(History own, Shared shared, long upTo) {
    SortedSet<Long> both = shared.numbers().headSet(upTo + 1);
    if (both.isEmpty()) {
      State base = shared.base();
      return proven(own.has(base.number(), base.digest()), base.number()).map(base.number());
    }
    long last = both.last();
    if (isSeen(own, last)) {
      return Future.succeededFuture(last);
    }
    return ledger
        .read(last)
        .compose(
            there ->
                there.isPresent()
                    ? proven(own.has(last, there.get().digest()), last)
                        .map(
                            same -> {
                              see(there.get());
                              return last;
                            })
                    : lastShared(own, shared, last - 1));
  }

  private void see(Revision same) {
    if (same.text().length() > LARGE) {
      seen = same.digest();
      glancesLeft = GLANCES;
    }
  }

  private boolean isSeen(History own, long number) {
    return glancesLeft-- > 0
        && own.find(number).filter(there -> there.digest().equals(seen)).isPresent();
  }

  /** What is missing must not be filled where something else has been before. */
  private Future<Void> checkNext(History own, Shared shared) {
    State current = own.current();
    return shared.numbers().contains(current.number() + 1)
        ? ledger
            .read(current.number() + 1)
            .compose(
                next ->
                    proven(
                        Optional.of(next.filter(it -> !current.isBefore(it)).isEmpty()),
                        current.number()))
        : done();
  }

  /**
   * Where this member cannot fill a gap one by one, or nobody needs so many, they are forgotten.
   */
  private Future<Void> fold(History own, Shared shared, List<Long> missing) {
    long base = own.base().number();
    boolean gap = !missing.isEmpty() && missing.get(0) <= base;
    boolean many = shared.numbers().size() > 2 * History.KEPT && base > shared.base().number();
    return gap || many ? ledger.fold(own.base()) : done();
  }

  private Future<Void> commit(History own, long number) {
    Optional<Revision> revision = own.find(number);
    return revision.isEmpty()
        ? done()
        : ledger
            .commit(revision.get())
            .compose(there -> proven(own.has(number, there.digest()), number));
  }

  private Future<History> forward(History own, SortedSet<Long> numbers) {
    long next = own.current().number() + 1;
    SortedSet<Long> later = numbers.tailSet(next);
    if (later.isEmpty()) {
      return Future.succeededFuture(own);
    }
    long end = next;
    while (end < next + BATCH && later.contains(end + 1)) {
      end++;
    }
    List<Future<Optional<Revision>>> reads =
        LongStream.rangeClosed(next, end).mapToObj(ledger::read).toList();
    return Future.join(reads).compose(read -> take(own, reads, later));
  }

  private Future<History> take(
      History own, List<Future<Optional<Revision>>> reads, SortedSet<Long> later) {
    List<Revision> taken = new ArrayList<>();
    for (Future<Optional<Revision>> read : reads) {
      if (read.result().isEmpty()) {
        break;
      }
      taken.add(read.result().get());
    }
    if (taken.isEmpty()) {
      return gap(own, later);
    }
    History longer;
    try {
      longer = own.with(taken);
    } catch (IllegalArgumentException e) {
      return Future.failedFuture(diverged(String.valueOf(e.getMessage())));
    }
    return forward(longer, later);
  }

  /** What is missing before other revisions, only a member that has it can bring back. */
  private Future<History> gap(History own, SortedSet<Long> later) {
    long next = own.current().number() + 1;
    List<Future<Optional<Revision>>> reads =
        later.tailSet(next + 1).stream().limit(LOOKS).map(ledger::read).toList();
    return Future.join(reads)
        .compose(
            read ->
                reads.stream().allMatch(one -> one.result().isEmpty())
                    ? Future.succeededFuture(own)
                    : Future.failedFuture(
                        ControlException.of(
                            Kind.UNAVAILABLE,
                            "the cluster has lost revision "
                                + next
                                + ", but not those after it: it"
                                + " goes on once a member is back that has it")));
  }

  private static Future<Void> proven(Optional<Boolean> same, long number) {
    if (same.isEmpty()) {
      return Future.failedFuture(
          diverged("whether revision " + number + " of both is the same is no longer known"));
    }
    return same.get()
        ? done()
        : Future.failedFuture(diverged("revision " + number + " of both is not the same"));
  }

  private static Future<Void> done() {
    return Future.succeededFuture();
  }

  private static ControlException diverged(String how) {
    return ControlException.of(
        Kind.DIVERGED,
        "the state of this member and that of the cluster have gone different ways: "
            + how
            + "; to take that of the cluster, start this member with an empty store while the others run");
  }
}
