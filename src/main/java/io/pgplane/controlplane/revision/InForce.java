package io.pgplane.controlplane.revision;

import io.pgplane.topology.Snapshot;
import io.vertx.core.Future;
import java.util.Set;

/** The part of the member that goes by the state. */
@FunctionalInterface
public interface InForce {

  /**
   * From its completion on, new logins go by this.
   *
   * @param endSessions the users whose running sessions end now
   * @return fails if it cannot be taken, as for a file that is missing here; then nothing changed
   */
  Future<Void> take(Snapshot snapshot, Set<String> endSessions);
}
