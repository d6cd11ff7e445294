package io.pgplane.controlplane.revision;

import io.pgplane.controlplane.revision.ControlException.Kind;
import io.pgplane.controlplane.revision.RevisionStore.Contents;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps a history in a {@link RevisionStore}, sealed. */
final class Archive {
  private static final Logger LOG = LoggerFactory.getLogger(Archive.class);

  private static final int PART_LENGTH = 1 << 20;

  /** Of so many attempts, one tries again what has failed: it may be much. */
  private static final int TRY_AGAIN = 10;

  /** A store that takes longer is taken for one that does not work, until it answers. */
  private static final int PATIENCE_SECONDS = 4;

  private final Vertx vertx;
  private final RevisionStore store;
  private final Sealer sealer;
  private int attempts;
  private Future<?> writing = Future.succeededFuture();
  private volatile History stored = History.EMPTY;
  private volatile Optional<String> trouble = Optional.empty();

  Archive(Vertx vertx, RevisionStore store, Sealer sealer) {
    this.vertx = vertx;
    this.store = store;
    this.sealer = sealer;
  }

  /** What was stored last; an empty history if nothing was. */
  Future<History> load() {
    return store
        .load()
        .compose(
            stored ->
                stored
                    .map(contents -> vertx.executeBlocking(() -> open(contents)))
                    .orElseGet(() -> Future.succeededFuture(History.EMPTY)))
        .onSuccess(history -> stored = history);
  }

  /** The last state that is stored. */
  State stored() {
    return stored.current();
  }

  /** Why something is not stored. */
  Optional<String> trouble() {
    return trouble;
  }

  /** Stores what is not stored yet; fails after a while even if the store never answers. */
  Future<Void> keep(History history) {
    boolean later = trouble.isPresent() && ++attempts % TRY_AGAIN != 0;
    if (stored.current() == history.current() || later || !writing.isComplete()) {
      return Future.succeededFuture();
    }
    Future<Void> begun =
        Future.succeededFuture()
            .compose(now -> isNext(history) ? append(history) : replace(history))
            .onSuccess(
                done -> {
                  stored = history;
                  trouble = Optional.empty();
                })
            .onFailure(e -> failed(history, String.valueOf(e.getMessage())));
    writing = begun;
    return begun
        .timeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
        .onFailure(
            e -> {
              if (!begun.isComplete()) {
                failed(history, "the store has not answered for " + PATIENCE_SECONDS + " s");
              }
            });
  }

  private void failed(History history, String reason) {
    String why = history.current() + " is not stored: " + reason;
    if (trouble.isEmpty()) {
      LOG.error(why);
    }
    trouble = Optional.of(why);
  }

  /** Whether one revision is all that is missing. After a failure nobody knows what is there. */
  private boolean isNext(History history) {
    return trouble.isEmpty()
        && stored.current().number() > 0
        && stored.base() == history.base()
        && stored.kept().size() + 1 == history.kept().size()
        && stored.current().isBefore(last(history));
  }

  private static Revision last(History history) {
    return history.kept().get(history.kept().size() - 1);
  }

  private Future<Void> append(History history) {
    Revision revision = last(history);
    return store.append(
        revision.number(), sealer.seal(RevisionStore.place(revision.number()), revision.text()));
  }

  private Future<Void> replace(History history) {
    return vertx.executeBlocking(() -> seal(history)).compose(store::replace);
  }

  private Contents seal(History history) {
    State base = history.base();
    List<Buffer> parts = new ArrayList<>();
    for (String text : base.texts(PART_LENGTH)) {
      parts.add(sealer.seal(part(base.number(), parts.size()), text));
    }
    SortedMap<Long, Buffer> revisions = new TreeMap<>();
    for (Revision revision : history.kept()) {
      revisions.put(
          revision.number(), sealer.seal(RevisionStore.place(revision.number()), revision.text()));
    }
    return new Contents(base.number(), parts, revisions);
  }

  private History open(Contents contents) {
    List<String> texts = new ArrayList<>();
    for (Buffer part : contents.base()) {
      texts.add(open(part(contents.baseNumber(), texts.size()), part));
    }
    List<Revision> revisions = new ArrayList<>();
    contents
        .revisions()
        .forEach(
            (number, bytes) ->
                revisions.add(Revision.of(open(RevisionStore.place(number), bytes))));
    try {
      return History.from(State.of(texts)).with(revisions);
    } catch (IllegalArgumentException e) {
      throw ControlException.of(
          Kind.DIVERGED, "what is stored does not belong together: " + e.getMessage());
    }
  }

  private String open(String place, Buffer bytes) {
    return sealer.open(place, bytes).orElseThrow(() -> RevisionStore.sealedOtherwise(place));
  }

  private static String part(long number, int part) {
    return "store/base/" + number + "/" + part;
  }
}
