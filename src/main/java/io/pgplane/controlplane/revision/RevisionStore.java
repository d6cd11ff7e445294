package io.pgplane.controlplane.revision;

import io.pgplane.controlplane.revision.ControlException.Kind;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * Keeps revisions through the end of the process. What it is given is sealed: it can neither read
 * nor judge it. Called for one thing at a time.
 */
public interface RevisionStore {

  /**
   * What is stored.
   *
   * @param baseNumber the number of the state with which it begins
   * @param base that state, in parts
   * @param revisions those after it, by their numbers
   */
  record Contents(long baseNumber, List<Buffer> base, SortedMap<Long, Buffer> revisions) {
    /** The number of the state with which it ends. */
    public long last() {
      return revisions.isEmpty() ? baseNumber : revisions.lastKey();
    }
  }

  /**
   * All of it; empty if nothing was ever stored.
   *
   * @return fails with a {@link ControlException} that says what to do, if it cannot be read
   */
  Future<Optional<Contents>> load();

  /**
   * Adds the next revision.
   *
   * @return completed once it would outlive a loss of power
   */
  Future<Void> append(long number, Buffer revision);

  /** Puts this in the place of all that is there, or leaves that as it is. */
  Future<Void> replace(Contents contents);

  /** The place for which the revision of a number is sealed. */
  static String place(long number) {
    return "store/revisions/" + number;
  }

  /** What was stored for a place cannot be opened. */
  static ControlException sealedOtherwise(String place) {
    return ControlException.of(
        Kind.DIVERGED,
        "what is stored as "
            + place
            + " cannot be opened: it was sealed under another cluster.secret, or changed by"
            + " somebody; set the secret, or cluster.oldSecret, that it was stored under");
  }

  /** How many bytes it takes; 0 if nobody needs to care. */
  long size();

  Future<Void> close();

  /** For members that need not remember. */
  RevisionStore NONE =
      new RevisionStore() {
        @Override
        public Future<Optional<Contents>> load() {
          return Future.succeededFuture(Optional.empty());
        }

        @Override
        public Future<Void> append(long number, Buffer revision) {
          return Future.succeededFuture();
        }

        @Override
        public Future<Void> replace(Contents contents) {
          return Future.succeededFuture();
        }

        @Override
        public long size() {
          return 0;
        }

        @Override
        public Future<Void> close() {
          return Future.succeededFuture();
        }
      };
}
