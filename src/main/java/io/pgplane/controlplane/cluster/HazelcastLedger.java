package io.pgplane.controlplane.cluster;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.splitbrainprotection.SplitBrainProtectionException;
import io.pgplane.controlplane.revision.Arrival;
import io.pgplane.controlplane.revision.ControlException;
import io.pgplane.controlplane.revision.ControlException.Kind;
import io.pgplane.controlplane.revision.Ledger;
import io.pgplane.controlplane.revision.Revision;
import io.pgplane.controlplane.revision.Sealer;
import io.pgplane.controlplane.revision.State;
import io.pgplane.observability.LogRate;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The revisions in Hazelcast, sealed: in {@code pgplane.revisions} each under its number, in {@code
 * pgplane.base} the state that they begin with, in parts, and under {@code base} which it is.
 *
 * <p>Whatever lies there and was not sealed for its place, or does not follow what is before it, is
 * none: the next commit takes its place.
 */
final class HazelcastLedger implements Ledger {
  private static final Logger LOG = LoggerFactory.getLogger(HazelcastLedger.class);

  private static final String POINTER = "base";
  private static final String WITNESS = "secret";
  private static final int PART_LENGTH = 1 << 20;
  private static final int WORKERS = 4;
  private static final int PATIENCE_SECONDS = 30;

  private final SealedMap<Long> revisions;
  private final SealedMap<String> bases;
  private final Arrivals arrivals;
  private final Sealer sealer;
  private final LogRate rate = new LogRate();
  private final WorkerExecutor workers;

  private volatile boolean checked;

  /** The state that the pointer led to last: large, and seldom another. */
  private volatile State lastBase = State.EMPTY;

  HazelcastLedger(Vertx vertx, HazelcastInstance hazelcast, Sealer sealer) {
    this.revisions = new SealedMap<>(hazelcast.getMap("pgplane.revisions"), Long.class);
    this.bases = new SealedMap<>(hazelcast.getMap("pgplane.base"), String.class);
    this.sealer = sealer;
    this.workers =
        vertx.createSharedWorkerExecutor(
            "pgplane-ledger", WORKERS, PATIENCE_SECONDS, TimeUnit.SECONDS);
    this.arrivals =
        new Arrivals(
            hazelcast, sealer, task -> workers.executeBlocking(Executors.callable(task), false));
  }

  @Override
  public Future<Optional<Revision>> read(long number) {
    return run(() -> open(number, revisions.get(number)));
  }

  @Override
  public Future<Revision> commit(Revision revision) {
    return run(
        () -> {
          long number = revision.number();
          byte[] ours = sealer.seal(place(number), revision.text()).getBytes();
          byte[] there = revisions.putIfAbsent(number, ours);
          while (there != null) {
            Optional<Revision> committed = open(number, there);
            if (committed.isPresent()
                && !isLeftBehind(committed.get(), revision.previous())
                && !isFollowed(revision, committed.get())) {
              return committed.get();
            }
            if (rate.take("wrong entries of revisions", "")) {
              LOG.warn("the entry of revision {} is another one, and is replaced", number);
            }
            there =
                revisions.replace(number, there, ours) ? null : revisions.putIfAbsent(number, ours);
          }
          return revision;
        });
  }

  /**
   * Whether it follows what is here no more, where ours does: after a partition, the merge adds
   * what only the smaller side had.
   */
  private boolean isLeftBehind(Revision there, String previous) {
    long before = there.number() - 1;
    Optional<String> digest =
        open(before, revisions.get(before))
            .map(Revision::digest)
            .or(() -> readBase().filter(base -> base.number() == before).map(State::digest));
    return digest.isPresent()
        && digest.get().equals(previous)
        && !digest.get().equals(there.previous());
  }

  /** Whether the next one follows this, and not what is here: somebody has put that there since. */
  private boolean isFollowed(Revision ours, Revision there) {
    long next = ours.number() + 1;
    return !there.digest().equals(ours.digest())
        && open(next, revisions.get(next))
            .filter(after -> after.previous().equals(ours.digest()))
            .isPresent();
  }

  @Override
  public Future<SortedSet<Long>> numbers() {
    return run(() -> new TreeSet<>(revisions.keySet()));
  }

  @Override
  public Future<List<Arrival>> arrive(Arrival own) {
    String word =
        new JsonObject().put("member", own.member()).put("differs", own.differs()).encode();
    return run(() -> arrivals.arrive(word).stream().map(HazelcastLedger::arrival).toList());
  }

  /** Members of an older version say nothing. */
  private static Arrival arrival(String word) {
    JsonObject json = word.isEmpty() ? new JsonObject() : new JsonObject(word);
    return new Arrival(json.getString("member", ""), json.getBoolean("differs", false));
  }

  @Override
  public Future<Void> close() {
    return this.<Void>run(
            () -> {
              arrivals.close();
              return null;
            })
        .otherwiseEmpty()
        .eventually(workers::close);
  }

  @Override
  public Future<Optional<State>> base() {
    return run(
        () -> {
          checkSecret();
          return readBase();
        });
  }

  @Override
  public Future<Void> begin(State base) {
    return run(
        () -> {
          if (readBase().isEmpty()) {
            byte[] there = bases.get(POINTER);
            String pointer = writeParts(base);
            byte[] ours = sealer.seal("base/" + POINTER, pointer).getBytes();
            boolean done =
                there == null
                    ? bases.putIfAbsent(POINTER, ours) == null
                    : bases.replace(POINTER, there, ours);
            LOG.debug("revisions begin at {}: {}", base, done);
          }
          return null;
        });
  }

  @Override
  public Future<Void> fold(State base) {
    return run(
        () -> {
          Optional<State> before = readBase();
          if (before.isPresent() && before.get().number() >= base.number()) {
            return null;
          }
          bases.set(POINTER, sealer.seal("base/" + POINTER, writeParts(base)).getBytes());
          long first = before.map(State::number).orElse(base.number());
          for (long number = first; number <= base.number(); number++) {
            revisions.delete(number);
          }
          before.ifPresent(this::deleteParts);
          return null;
        });
  }

  /** The pointer: the number of the state, and of its parts. */
  private Optional<String> pointer() {
    return opened("base/" + POINTER, bases.get(POINTER));
  }

  private String writeParts(State base) {
    List<String> texts = base.texts(PART_LENGTH);
    String pointer = base.number() + "-" + base.digest();
    for (int i = 0; i < texts.size(); i++) {
      String key = pointer + "/" + i;
      bases.set(key, sealer.seal("base/" + key, texts.get(i)).getBytes());
    }
    return pointer + "/" + texts.size();
  }

  private void deleteParts(State base) {
    String prefix = base.number() + "-" + base.digest() + "/";
    for (int i = 0; bases.containsKey(prefix + i); i++) {
      bases.delete(prefix + i);
    }
  }

  private Optional<State> readBase() {
    Optional<String> pointer = pointer();
    if (pointer.isEmpty()) {
      return Optional.empty();
    }
    int slash = pointer.get().lastIndexOf('/');
    String prefix = pointer.get().substring(0, slash);
    State last = lastBase;
    if (prefix.equals(last.number() + "-" + last.digest())) {
      return Optional.of(last);
    }
    List<String> texts = new ArrayList<>();
    int parts = Integer.parseInt(pointer.get().substring(slash + 1));
    for (int i = 0; i < parts; i++) {
      String key = prefix + "/" + i;
      Optional<String> text = opened("base/" + key, bases.get(key));
      if (text.isEmpty()) {
        if (rate.take("lost parts of the base", "")) {
          LOG.warn("a part of the base {} was lost, and is written again", prefix);
        }
        return Optional.empty();
      }
      texts.add(text.get());
    }
    lastBase = State.of(texts);
    return Optional.of(lastBase);
  }

  private Optional<Revision> open(long number, byte @Nullable [] there) {
    return opened(place(number), there)
        .map(Revision::of)
        .filter(revision -> revision.number() == number);
  }

  private Optional<String> opened(String place, byte @Nullable [] there) {
    return there == null ? Optional.empty() : sealer.open(place, Buffer.buffer(there));
  }

  /** A member with another secret would take all that is here for rubbish. */
  private void checkSecret() {
    byte[] ours = sealer.seal("base/" + WITNESS, "").getBytes();
    byte[] there = bases.get(WITNESS);
    if (there == null) {
      there = bases.putIfAbsent(WITNESS, ours);
    }
    if (there != null && opened("base/" + WITNESS, there).isEmpty()) {
      if (checked) {
        bases.replace(WITNESS, there, ours); // else nobody could join any more
        return;
      }
      throw ControlException.of(
          Kind.DIVERGED,
          "cluster.secret is not that of the other members, or somebody without it has written"
              + " into their tables");
    }
    checked = true;
  }

  private static String place(long number) {
    return "revisions/" + number;
  }

  private static ControlException reason(Throwable e) {
    String why =
        e instanceof SplitBrainProtectionException
            ? "too few members are in sight (cluster.minimumMembers): changes wait for more"
            : "the cluster cannot answer: " + e.getMessage();
    return ControlException.unavailable(why, e);
  }

  private <T extends @Nullable Object> Future<T> run(Callable<T> work) {
    return workers
        .executeBlocking(work, false)
        .recover(
            e -> Future.failedFuture(e instanceof ControlException reason ? reason : reason(e)));
  }
}
