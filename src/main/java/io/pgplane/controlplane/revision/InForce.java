package io.pgplane.controlplane.revision;

import io.pgplane.config.Config;
import io.vertx.core.Future;
import java.util.Set;

/** The part of the member that goes by the state. */
@FunctionalInterface
public interface InForce {

  /**
   * From its completion on, new logins go by this.
   *
   * @param config of this member, with the users, routes and backends of all
   * @param endSessions the users whose running sessions end now
   * @return fails if it cannot be taken, as for a file that is missing here; then nothing changed
   */
  Future<Void> take(Config config, Set<String> endSessions);
}
