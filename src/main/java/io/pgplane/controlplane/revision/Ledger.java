package io.pgplane.controlplane.revision;

import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;

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
   * @return what is committed under its number, be it this one or another, whatever that follows
   */
  Future<Revision> commit(Revision revision);

  /** The numbers under which there is something, whether or not that is a revision. */
  Future<SortedSet<Long>> numbers();

  /** Where the revisions that are kept begin, if there is anything. */
  Future<Optional<State>> base();

  /** Sets where the revisions begin, unless that is set. */
  Future<Void> begin(State base);

  /** Sets another, later state for the beginning, and only then forgets the revisions up to it. */
  Future<Void> fold(State base);

  /**
   * Tells that all that this member knew is in here, which counts until the member goes, or all is
   * lost.
   *
   * @return the arrivals of all members that are there, this one included
   */
  Future<List<Arrival>> arrive(Arrival own);

  /** Asks and hears nothing any more. */
  Future<Void> close();
}
