package io.pgplane.controlplane.revision;

import io.vertx.core.Future;
import java.util.List;

/** Tells the other members of a revision. */
public interface Announcer {

  /**
   * What has become of it at the others.
   *
   * @param have how many of them have it stored and in force
   * @param late what each of those has to say that have not, and are not gone
   */
  record Told(int have, List<String> late) {}

  /** Tells all, and waits until each has it stored and in force, or is gone, or is late. */
  Future<Told> announce(Revision revision);

  /** For a member that is alone. */
  Announcer NONE = revision -> Future.succeededFuture(new Told(0, List.of()));
}
