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

/** A {@link RevisionStore} that holds a history, sealed. */
final class Archive {
  private static final int PART_LENGTH = 1 << 20;

  private final Vertx vertx;
  private final RevisionStore store;
  private final Sealer sealer;

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
                    .orElseGet(() -> Future.succeededFuture(new History(State.EMPTY))));
  }

  Future<Void> append(Revision revision) {
    return store.append(
        revision.number(), sealer.seal(RevisionStore.place(revision.number()), revision.text()));
  }

  /** Stores this history in the place of all that was stored. */
  Future<Void> replace(State base, List<Revision> kept) {
    return vertx.executeBlocking(() -> seal(base, kept)).compose(store::replace);
  }

  private Contents seal(State base, List<Revision> kept) {
    List<Buffer> parts = new ArrayList<>();
    for (String text : base.texts(PART_LENGTH)) {
      parts.add(sealer.seal(part(base.number(), parts.size()), text));
    }
    SortedMap<Long, Buffer> revisions = new TreeMap<>();
    for (Revision revision : kept) {
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
    History history = new History(State.of(texts));
    contents
        .revisions()
        .forEach(
            (number, bytes) -> history.add(Revision.of(open(RevisionStore.place(number), bytes))));
    return history;
  }

  private String open(String place, Buffer bytes) {
    Optional<String> text = sealer.open(place, bytes);
    return text.orElseThrow(
        () ->
            ControlException.of(
                Kind.DIVERGED,
                "what is stored as "
                    + place
                    + " cannot be opened: it was sealed under another cluster.secret, or changed"
                    + " by somebody; set the secret, or cluster.oldSecret, that it was stored"
                    + " under"));
  }

  private static String part(long number, int part) {
    return "store/base/" + number + "/" + part;
  }
}
