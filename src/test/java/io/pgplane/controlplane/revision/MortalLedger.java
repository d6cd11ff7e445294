package io.pgplane.controlplane.revision;

import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.function.Supplier;

/** A ledger for somebody who may die at each call. */
record MortalLedger(Ledger ledger, Life life) implements Ledger {
  /** Does it, if that may still be. */
  interface Life {
    <T> Future<T> live(Supplier<Future<T>> work);
  }

  @Override
  public Future<Optional<Revision>> read(long number) {
    return life.live(() -> ledger.read(number));
  }

  @Override
  public Future<Revision> commit(Revision revision) {
    return life.live(() -> ledger.commit(revision));
  }

  @Override
  public Future<SortedSet<Long>> numbers() {
    return life.live(ledger::numbers);
  }

  @Override
  public Future<Optional<State>> base() {
    return life.live(ledger::base);
  }

  @Override
  public Future<Void> begin(State base) {
    return life.live(() -> ledger.begin(base));
  }

  @Override
  public Future<Void> fold(State base) {
    return life.live(() -> ledger.fold(base));
  }

  @Override
  public Future<List<Arrival>> arrive(Arrival own) {
    return life.live(() -> ledger.arrive(own));
  }

  @Override
  public Future<Void> close() {
    return life.live(ledger::close);
  }
}
