package io.pgplane.controlplane.revision;

import io.pgplane.controlplane.revision.ControlException.Kind;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * One ledger for several members, which is gone when all of them are. It can be slow, fail before
 * or after it has done what was asked, be out of reach, and lose things.
 */
final class SharedLedger {
  private final Vertx vertx;
  private final int quorum;
  private final Random random;
  private final TreeMap<Long, String> revisions = new TreeMap<>();

  /** Who is there, and in which of its lives. */
  private final Map<String, Integer> there = new HashMap<>();

  private int lives;
  private final Set<String> cutOff = new HashSet<>();
  private final Map<String, Arrival> arrived = new HashMap<>();
  private Optional<State> base = Optional.empty();

  /** Of so many calls, one fails, and one in three is late; none if 0. */
  volatile int trouble;

  SharedLedger(Vertx vertx, int quorum, Random random) {
    this.vertx = vertx;
    this.quorum = quorum;
    this.random = random;
  }

  synchronized void join(String member) {
    there.put(member, ++lives);
  }

  synchronized void leave(String member) {
    there.remove(member);
    arrived.remove(member);
    if (there.isEmpty()) {
      lose();
    }
  }

  synchronized void lose() {
    revisions.clear();
    arrived.clear();
    base = Optional.empty();
  }

  /** Loses one revision, which the members notice only by what is missing. */
  synchronized void lose(long number) {
    revisions.remove(number);
    arrived.clear();
  }

  synchronized void plant(long number, String text) {
    revisions.put(number, text);
  }

  synchronized SortedSet<Long> numbers() {
    return new TreeSet<>(revisions.keySet());
  }

  synchronized Optional<State> base() {
    return base;
  }

  /** These are apart from the others from now on. */
  synchronized void cut(Set<String> members) {
    cutOff.clear();
    cutOff.addAll(members);
    arrived.keySet().removeAll(members);
  }

  synchronized boolean reaches(String one, String other) {
    return there.containsKey(one)
        && there.containsKey(other)
        && cutOff.contains(one) == cutOff.contains(other);
  }

  private synchronized int life(String member) {
    return there.getOrDefault(member, 0);
  }

  private synchronized boolean reachable(String member) {
    long seen = there.keySet().stream().filter(other -> reaches(member, other)).count();
    return seen >= quorum && (quorum > 1 || !cutOff.contains(member));
  }

  /** The ledger as one member has it. */
  Ledger of(String member) {
    return new View(member);
  }

  private <T> Future<T> run(String member, Supplier<T> work) {
    int fate = trouble == 0 ? -1 : random.nextInt(trouble);
    // What somebody asked for dies with her, and is not done for the one who takes her place.
    int life = life(member);
    boolean late = trouble > 0 && random.nextInt(3) == 0;
    Future<Void> begun =
        late
            ? vertx.timer(1 + random.nextInt(3), TimeUnit.MILLISECONDS).mapEmpty()
            : Future.succeededFuture();
    return begun.compose(
        now -> {
          if (fate == 0 || !reachable(member) || life != life(member)) {
            return Future.failedFuture(ControlException.of(Kind.UNAVAILABLE, "out of reach"));
          }
          T result;
          synchronized (this) {
            result = work.get();
          }
          return fate == 1
              ? Future.failedFuture(ControlException.of(Kind.UNAVAILABLE, "no answer"))
              : Future.succeededFuture(result);
        });
  }

  private Optional<Revision> open(long number) {
    try {
      return Optional.ofNullable(revisions.get(number)).map(Revision::of);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private final class View implements Ledger {
    private final String member;

    View(String member) {
      this.member = member;
    }

    @Override
    public Future<Optional<Revision>> read(long number) {
      return run(member, () -> open(number));
    }

    @Override
    public Future<Revision> commit(Revision revision) {
      return run(
          member,
          () -> {
            Optional<Revision> committed = open(revision.number());
            if (committed.isEmpty()) {
              revisions.put(revision.number(), revision.text());
            }
            return committed.orElse(revision);
          });
    }

    @Override
    public Future<SortedSet<Long>> numbers() {
      return run(member, () -> new TreeSet<>(revisions.keySet()));
    }

    @Override
    public Future<Optional<State>> base() {
      return run(member, () -> base);
    }

    @Override
    public Future<Void> begin(State first) {
      return this.<Optional<State>>set(() -> base = base.isPresent() ? base : Optional.of(first));
    }

    @Override
    public Future<Void> fold(State later) {
      return this.<Boolean>set(
          () -> {
            base = Optional.of(later);
            return revisions.keySet().removeIf(number -> number <= later.number());
          });
    }

    private <T> Future<Void> set(Supplier<T> work) {
      return run(member, () -> Objects.requireNonNull(work.get())).mapEmpty();
    }

    @Override
    public Future<List<Arrival>> arrive(Arrival own) {
      return run(
          member,
          () -> {
            arrived.put(member, own);
            return arrived.entrySet().stream()
                .filter(other -> reaches(member, other.getKey()))
                .map(Map.Entry::getValue)
                .toList();
          });
    }

    @Override
    public Future<Void> close() {
      return Future.succeededFuture();
    }
  }
}
