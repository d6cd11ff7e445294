package io.pgplane.controlplane.revision;

import io.vertx.core.Future;
import java.util.Optional;

/**
 * The revisions that all members share. All futures fail with {@link ControlException} where the
 * cluster cannot answer.
 */
public interface Ledger {

  /** The revision of this number, if one is committed; what is none is told and left out. */
  Future<Optional<Revision>> read(long number);

  /**
   * Commits a revision, unless another one has its number already: this is the instant from which
   * it counts.
   *
   * @return what is committed under its number, be it this one or another
   */
  Future<Revision> commit(Revision revision);

  /** Where the revisions that are kept begin, if there is anything. */
  Future<Optional<State>> base();

  /** Sets where the revisions begin, unless that is set. */
  Future<Void> begin(State base);

  /** Sets another, later state for the beginning, and forgets the revisions up to it. */
  Future<Void> fold(State base);
}
