package io.pgplane.controlplane.revision;

import java.util.List;
import java.util.Optional;

/**
 * The content of the next revision.
 *
 * @param file of the member that makes it, if it comes from that
 */
record Plan(List<Change> changes, Optional<FileMark> file) {
  static final Plan NOTHING = new Plan(List.of(), Optional.empty());

  Plan {
    changes = List.copyOf(changes);
  }

  /** Changes that come from no file. */
  static Plan of(List<Change> changes) {
    return new Plan(changes, Optional.empty());
  }
}
