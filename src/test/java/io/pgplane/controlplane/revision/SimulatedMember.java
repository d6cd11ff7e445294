package io.pgplane.controlplane.revision;

import io.pgplane.config.Config;
import io.pgplane.controlplane.revision.Announcer.Told;
import io.pgplane.controlplane.revision.RevisionStore.Contents;
import io.pgplane.controlplane.revision.Revisions.Ports;
import io.pgplane.topology.Snapshot;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A member whose process can be killed: from then on nothing that it does reaches anything, and
 * nothing answers it. What its disk has then is what it begins with when it is started again.
 */
final class SimulatedMember {
  final String name;
  final MemoryStore disk = new MemoryStore();
  final List<Config> inForce = new CopyOnWriteArrayList<>();
  final List<String> ended = new CopyOnWriteArrayList<>();

  /** Of so many calls, one is the last of this life; none if 0. */
  volatile int danger;

  /** Why nothing can be put in force here. */
  volatile Optional<RuntimeException> refusal = Optional.empty();

  /** What cannot be put in force here. */
  volatile Predicate<Config> cannotTake = next -> false;

  volatile List<SimulatedMember> others = List.of();

  /** Its file at its next start. */
  volatile Config config;

  private final Vertx vertx;
  private final SharedLedger ledger;
  private final Random random;
  private volatile Life life = new Life();
  private volatile @Nullable Revisions revisions;

  private final class Life implements MortalLedger.Life {
    final AtomicBoolean over = new AtomicBoolean();
    final Promise<Void> end = Promise.promise();

    @Override
    public <T> Future<T> live(Supplier<Future<T>> work) {
      return SimulatedMember.this.live(this, work);
    }

    boolean isOver() {
      return end.future().isComplete();
    }
  }

  SimulatedMember(String name, Vertx vertx, SharedLedger ledger, Config config, Random random) {
    this.name = name;
    this.vertx = vertx;
    this.ledger = ledger;
    this.config = config;
    this.random = random;
    kill(life);
  }

  Revisions revisions() {
    return Objects.requireNonNull(revisions);
  }

  /** Completed once it is dead. */
  Future<Void> death() {
    return life.end.future();
  }

  boolean isDead() {
    return life.isOver();
  }

  void kill() {
    kill(life);
  }

  private void kill(Life mine) {
    if (mine.over.compareAndSet(false, true)) {
      ledger.leave(name);
      mine.end.complete();
    }
  }

  Future<Snapshot> start() {
    Life mine = new Life();
    life = mine;
    ledger.join(name);
    Revisions fresh =
        new Revisions(
            vertx,
            name,
            config,
            new Ports(
                new MortalLedger(ledger.of(name), mine),
                new MortalStore(mine),
                new PlainSealer(),
                revision -> live(mine, () -> announce(revision)),
                (next, endSessions) ->
                    live(
                        mine,
                        () -> {
                          if (refusal.isPresent()) {
                            return Future.failedFuture(refusal.get());
                          } else if (cannotTake.test(next)) {
                            return Future.failedFuture("it cannot be taken");
                          }
                          inForce.add(next);
                          ended.addAll(endSessions);
                          return Future.succeededFuture();
                        }),
                duration -> {}));
    revisions = fresh;
    return fresh.start();
  }

  private <T> Future<T> live(Life mine, Supplier<Future<T>> work) {
    if (danger > 0 && random.nextInt(danger) == 0) {
      kill(mine);
    }
    if (mine.over.get()) {
      return never();
    }
    return work.get()
        .transform(
            done -> {
              if (danger > 0 && random.nextInt(danger) == 0) {
                kill(mine);
              }
              if (mine.over.get()) {
                return never();
              }
              return done.succeeded()
                  ? Future.succeededFuture(done.result())
                  : Future.failedFuture(done.cause());
            });
  }

  private static <T> Future<T> never() {
    return Promise.<T>promise().future();
  }

  private Future<Told> announce(Revision revision) {
    List<Future<Optional<String>>> told =
        others.stream()
            .filter(other -> !other.isDead())
            .map(other -> tell(other, revision))
            .toList();
    return Future.all(told)
        .map(
            all -> {
              List<String> words = told.stream().flatMap(one -> one.result().stream()).toList();
              int have = (int) words.stream().filter("has it"::equals).count();
              return new Told(have, words.stream().filter(word -> !"has it".equals(word)).toList());
            });
  }

  /** What it says; nothing if it is gone. */
  private Future<Optional<String>> tell(SimulatedMember other, Revision revision) {
    Life its = other.life;
    if (!ledger.reaches(name, other.name) || (ledger.trouble > 0 && random.nextInt(10) == 0)) {
      return Future.succeededFuture(Optional.of(other.name + " does not hear"));
    }
    Future<Optional<String>> answer =
        other
            .revisions()
            .announced(revision)
            .map(
                standing ->
                    Math.min(standing.stored(), standing.inForce()) >= revision.number()
                        ? "has it"
                        : other.name + ": " + standing.trouble())
            .otherwise(e -> other.name + ": " + e.getMessage())
            .map(Optional::of);
    return Future.any(answer, its.end.future())
        .map(first -> answer.isComplete() ? answer.result() : Optional.empty());
  }

  /** The disk, as one life has it. */
  private final class MortalStore implements RevisionStore {
    private final Life mine;

    MortalStore(Life mine) {
      this.mine = mine;
    }

    @Override
    public Future<Optional<Contents>> load() {
      return live(mine, disk::load);
    }

    @Override
    public Future<Void> append(long number, Buffer revision) {
      return live(mine, () -> disk.append(number, revision));
    }

    @Override
    public Future<Void> replace(Contents contents) {
      return live(mine, () -> disk.replace(contents));
    }

    @Override
    public long size() {
      return disk.size();
    }

    @Override
    public Future<Void> close() {
      return live(mine, disk::close);
    }
  }
}
