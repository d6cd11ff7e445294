package io.pgplane.controlplane.revision;

import io.pgplane.controlplane.revision.ControlException.Kind;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** A disk that can fail. As strict as the real one: what is appended must be the next. */
final class MemoryStore implements RevisionStore {
  volatile boolean failing;

  /** When it does what it is asked. */
  volatile Future<Void> answers = Future.succeededFuture();

  volatile int appended;
  volatile int replaced;
  private Optional<Contents> contents = Optional.empty();

  @Override
  public Future<Optional<Contents>> load() {
    return answers.map(now -> contents());
  }

  private synchronized Optional<Contents> contents() {
    return contents;
  }

  @Override
  public Future<Void> append(long number, Buffer revision) {
    return answers.compose(now -> add(number, revision));
  }

  private synchronized Future<Void> add(long number, Buffer revision) {
    if (failing) {
      return failed();
    }
    Contents there = contents.orElseThrow();
    SortedMap<Long, Buffer> revisions = new TreeMap<>(there.revisions());
    long last = revisions.isEmpty() ? there.baseNumber() : revisions.lastKey();
    if (number != last + 1) {
      return Future.failedFuture(ControlException.of(Kind.DIVERGED, number + " after " + last));
    }
    revisions.put(number, revision);
    contents = Optional.of(new Contents(there.baseNumber(), there.base(), revisions));
    appended++;
    return Future.succeededFuture();
  }

  @Override
  public Future<Void> replace(Contents other) {
    return answers.compose(now -> write(other));
  }

  private synchronized Future<Void> write(Contents other) {
    if (failing) {
      return failed();
    }
    contents =
        Optional.of(
            new Contents(
                other.baseNumber(), List.copyOf(other.base()), new TreeMap<>(other.revisions())));
    replaced++;
    return Future.succeededFuture();
  }

  private static Future<Void> failed() {
    return Future.failedFuture(ControlException.of(Kind.UNAVAILABLE, "the disk is full"));
  }

  @Override
  public long size() {
    return 0;
  }

  @Override
  public Future<Void> close() {
    return Future.succeededFuture();
  }

  synchronized void wipe() {
    contents = Optional.empty();
  }
}
