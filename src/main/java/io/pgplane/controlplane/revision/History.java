package io.pgplane.controlplane.revision;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The current state, and the revisions that have led to it, as far back as they are kept.
 * Immutable.
 *
 * @param base the state before the first revision that is kept
 * @param kept the first one first
 * @param characters of the texts of those that are kept
 */
record History(State base, List<Revision> kept, State current, long characters) {
  static final History EMPTY = from(State.EMPTY);

  /** At least so many are kept, if they are not very long. */
  static final int KEPT = 1000;

  private static final long MOST_CHARACTERS = 64L << 20;

  History {
    kept = List.copyOf(kept);
  }

  /** Begins with a state whose past is not kept. */
  static History from(State base) {
    return new History(base, List.of(), base, 0);
  }

  /**
   * With the revisions that follow, the first one first. Takes as long as the state is large.
   *
   * @throws IllegalArgumentException if one does not follow
   */
  History with(List<Revision> next) {
    return next.isEmpty()
        ? this
        : new History(
            base,
            Stream.concat(kept.stream(), next.stream()).toList(),
            current.then(next),
            characters + characters(next));
  }

  /** Whether so much is kept that it is worth the work to forget some of it. */
  boolean isLong() {
    return kept.size() >= 2 * KEPT || (kept.size() > 1 && characters > MOST_CHARACTERS);
  }

  /** Without the older half. */
  History shortened() {
    int dropped = Math.max(0, kept.size() - KEPT);
    long left = characters - characters(kept.subList(0, dropped));
    while (left > MOST_CHARACTERS / 2 && dropped < kept.size() - 1) {
      left -= kept.get(dropped).text().length();
      dropped++;
    }
    return new History(
        base.folding(kept.subList(0, dropped)), kept.subList(dropped, kept.size()), current, left);
  }

  private static long characters(List<Revision> revisions) {
    return revisions.stream().mapToLong(revision -> revision.text().length()).sum();
  }

  /** Whether the revision of this number had this digest here; empty if that is not known. */
  Optional<Boolean> has(long number, String digest) {
    return number <= base.number()
        ? base.has(number, digest)
        : find(number).map(revision -> revision.digest().equals(digest));
  }

  /** The revision of this number, if it is kept. */
  Optional<Revision> find(long number) {
    return number > base.number() && number <= current.number()
        ? Optional.of(kept.get((int) (number - base.number() - 1)))
        : Optional.empty();
  }

  /** The revisions after this number that are kept, the first one first. */
  List<Revision> after(long number) {
    return kept.subList(place(number), kept.size());
  }

  /** The revisions before this number, the last one first. */
  List<Revision> before(long number, int limit) {
    int end = place(Math.max(number, 1) - 1);
    List<Revision> found = new ArrayList<>(kept.subList(Math.max(0, end - limit), end));
    Collections.reverse(found);
    return found;
  }

  /** How many of those that are kept are not after this number. */
  private int place(long number) {
    return (int) Math.max(0, Math.min(kept.size(), number - base.number()));
  }

  /** What makes the current state what it was at this number, if what came since is kept. */
  Optional<List<Change>> back(long number) {
    if (number < base.number() || number > current.number()) {
      return Optional.empty();
    }
    record Key(Table table, String name) {}

    Map<Key, Optional<Entry>> then = new LinkedHashMap<>();
    for (Revision revision : after(number)) {
      for (Change change : revision.changes()) {
        then.putIfAbsent(new Key(change.table(), change.name()), change.before());
      }
    }
    List<Change> changes = new ArrayList<>();
    then.forEach(
        (key, entry) ->
            Change.between(current.find(key.table(), key.name()), entry).ifPresent(changes::add));
    return Optional.of(changes);
  }
}
