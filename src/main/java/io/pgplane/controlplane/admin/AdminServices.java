package io.pgplane.controlplane.admin;

import io.pgplane.controlplane.revision.Control;
import io.pgplane.observability.Meters;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/**
 * What the admin port shows, and passes requests on to. Asked on a thread of the admin port's own.
 *
 * @param patience how long a body may take
 * @param notReady why no new clients should be sent to this member; empty if they should
 */
public record AdminServices(
    Meters meters, Supplier<List<String>> notReady, Control control, Duration patience) {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** With the patience that is meant for use. */
  public AdminServices(Meters meters, Supplier<List<String>> notReady, Control control) {
    this(meters, notReady, control, PATIENCE);
  }
}
