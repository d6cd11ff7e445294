package io.pgplane.controlplane.revision;

import io.vertx.core.Future;
import java.util.List;

/** Tells the other members of a revision. */
public interface Announcer {

  /**
   * Tells all, and waits until each has it stored and in force, or is gone, or is late.
   *
   * @return what each has to say that has not
   */
  Future<List<String>> announce(Revision revision);

  /** For a member that is alone. */
  Announcer NONE = revision -> Future.succeededFuture(List.of());
}
