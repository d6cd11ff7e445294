package io.pgplane.controlplane.revision;

import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The ledger of a member that is alone. */
public final class LocalLedger implements Ledger {
  private final Map<Long, Revision> revisions = new ConcurrentHashMap<>();
  private final AtomicReference<@Nullable State> base = new AtomicReference<>();

  @Override
  public Future<Optional<Revision>> read(long number) {
    return Future.succeededFuture(Optional.ofNullable(revisions.get(number)));
  }

  @Override
  public Future<Revision> commit(Revision revision) {
    Revision there = revisions.putIfAbsent(revision.number(), revision);
    return Future.succeededFuture(Objects.requireNonNullElse(there, revision));
  }

  @Override
  public Future<SortedSet<Long>> numbers() {
    return Future.succeededFuture(new TreeSet<>(revisions.keySet()));
  }

  @Override
  public Future<Optional<State>> base() {
    return Future.succeededFuture(Optional.ofNullable(base.get()));
  }

  @Override
  public Future<Void> begin(State first) {
    base.compareAndSet(null, first);
    return Future.succeededFuture();
  }

  @Override
  public Future<Void> fold(State later) {
    base.set(later);
    revisions.keySet().removeIf(number -> number <= later.number());
    return Future.succeededFuture();
  }

  @Override
  public Future<List<Arrival>> arrive(Arrival own) {
    return Future.succeededFuture(List.of(own));
  }

  @Override
  public Future<Void> close() {
    return Future.succeededFuture();
  }
}
