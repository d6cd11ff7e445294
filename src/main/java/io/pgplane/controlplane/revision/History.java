package io.pgplane.controlplane.revision;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/** The current state, and the revisions that have led to it, as far back as they are kept. */
final class History {
  /** At least so many are kept, if they are not very long. */
  private static final int KEPT = 1000;

  private static final long MOST_CHARACTERS = 64L << 20;

  private final Deque<Revision> kept = new ArrayDeque<>();
  private State base;
  private State current;
  private long characters;

  /** Begins with a state whose past is not known. */
  History(State base) {
    this.base = base;
    this.current = base;
  }

  State current() {
    return current;
  }

  /** The state before the first revision that is kept. */
  State base() {
    return base;
  }

  /** The revisions that are kept, the first one first. */
  List<Revision> kept() {
    return List.copyOf(kept);
  }

  /**
   * Takes the next one in.
   *
   * @throws IllegalArgumentException if it is another
   */
  void add(Revision revision) {
    current = current.then(revision);
    kept.addLast(revision);
    characters += revision.text().length();
  }

  /** Whether so much is kept that it is worth the work to forget some of it. */
  boolean isLong() {
    return kept.size() >= 2 * KEPT || (kept.size() > 1 && characters > MOST_CHARACTERS);
  }

  /** Forgets the older half. */
  void shorten() {
    while (kept.size() > KEPT || (kept.size() > 1 && characters > MOST_CHARACTERS / 2)) {
      Revision first = kept.removeFirst();
      base = base.then(first);
      characters -= first.text().length();
    }
  }

  /** The digest that the state of this number had, if that is still known. */
  Optional<String> digest(long number) {
    if (number == base.number()) {
      return Optional.of(base.digest());
    }
    return find(number).map(Revision::digest);
  }

  /** The revision of this number, if it is kept. */
  Optional<Revision> find(long number) {
    return kept.stream().filter(revision -> revision.number() == number).findFirst();
  }

  /** The revisions after this number, the first one first. */
  List<Revision> after(long number) {
    return kept.stream().filter(revision -> revision.number() > number).toList();
  }

  /** The revisions before this number, the last one first. */
  List<Revision> before(long number, int limit) {
    List<Revision> found = new ArrayList<>();
    Iterator<Revision> backwards = kept.descendingIterator();
    while (backwards.hasNext() && found.size() < limit) {
      Revision revision = backwards.next();
      if (revision.number() < number) {
        found.add(revision);
      }
    }
    return found;
  }

  /** The state of this number, if what has led away from it is kept. */
  Optional<State> stateAt(long number) {
    if (number < base.number() || number > current.number()) {
      return Optional.empty();
    }
    State state = current;
    Iterator<Revision> backwards = kept.descendingIterator();
    while (state.number() > number) {
      state = state.without(backwards.next());
    }
    return Optional.of(state);
  }
}
