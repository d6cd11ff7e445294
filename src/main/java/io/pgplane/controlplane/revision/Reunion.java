package io.pgplane.controlplane.revision;

import io.pgplane.controlplane.revision.ControlException.Kind;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;

/**
 * Brings what a member knows and what the members share together, whichever of both is longer. They
 * belong together if one is the beginning of the other; nothing is guessed where neither is.
 */
final class Reunion {
  private final Ledger ledger;

  Reunion(Ledger ledger) {
    this.ledger = ledger;
  }

  /**
   * Adds to the ledger what it lacks.
   *
   * @return the history to go on with, which may lack what the ledger has beyond it; fails with
   *     {@link Kind#DIVERGED}
   */
  Future<History> meet(History own) {
    return ledger
        .base()
        .compose(
            base ->
                base.isPresent()
                    ? compare(own, base.get())
                    : ledger.begin(own.base()).compose(begun -> meet(own)));
  }

  /** The ledger's own beginning, for a member that gives up what it has. */
  Future<History> adopt() {
    return ledger.base().map(base -> new History(base.orElse(State.EMPTY)));
  }

  private Future<History> compare(History own, State base) {
    long last = own.current().number();
    if (last == 0) {
      return Future.succeededFuture(new History(base));
    } else if (base.number() > last) {
      return lineage(base).compose(of -> checkLineage(own, of).map(same -> new History(base)));
    }
    return lastShared(own, base, last).compose(shared -> upload(own, base, shared));
  }

  /** The last number under which the ledger has something, up to this one; checked to be ours. */
  private Future<Long> lastShared(History own, State base, long number) {
    if (number <= base.number()) {
      return same(own, number, base.digest()).map(number);
    }
    return ledger
        .read(number)
        .compose(
            there ->
                there.isPresent()
                    ? same(own, number, there.get().digest()).map(number)
                    : lastShared(own, base, number - 1));
  }

  private Future<Void> same(History own, long number, String digest) {
    Optional<String> ours = own.digest(number);
    return ours.isPresent() && !ours.get().equals(digest)
        ? Future.failedFuture(diverged("revision " + number + " of both is not the same"))
        : Future.succeededFuture();
  }

  private Future<History> upload(History own, State base, long shared) {
    if (shared >= own.base().number()) {
      return commit(own.after(shared)).map(own);
    }
    // It ends before what this member still knows one by one.
    return lineage(base)
        .compose(of -> checkLineage(own, of))
        .compose(same -> ledger.fold(own.base()))
        .compose(folded -> commit(own.kept()))
        .map(own);
  }

  private Future<Void> commit(List<Revision> revisions) {
    Future<Void> done = Future.succeededFuture();
    for (Revision revision : revisions) {
      done =
          done.compose(before -> ledger.commit(revision))
              .compose(
                  committed ->
                      committed.digest().equals(revision.digest())
                          ? Future.succeededFuture()
                          : Future.failedFuture(
                              diverged("another " + revision + " was committed meanwhile")));
    }
    return done;
  }

  private Future<Optional<String>> lineage(State base) {
    return base.number() > 0
        ? Future.succeededFuture(Optional.of(base.lineage()))
        : ledger.read(1).map(first -> first.map(Revision::digest));
  }

  private static Future<Void> checkLineage(History own, Optional<String> lineage) {
    return lineage.isEmpty() || lineage.get().equals(own.current().lineage())
        ? Future.succeededFuture()
        : Future.failedFuture(diverged("their first revisions are not the same"));
  }

  private static ControlException diverged(String how) {
    return ControlException.of(
        Kind.DIVERGED,
        "the state of this member and that of the cluster have gone different ways: "
            + how
            + "; to take that of the cluster, start this member with an empty store");
  }
}
