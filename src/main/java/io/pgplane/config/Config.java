package io.pgplane.config;

import io.pgplane.topology.Snapshot;
import java.util.List;
import java.util.Optional;

/**
 * What a configuration file says, checked.
 *
 * @param listeners at least one, each with a name and an address of its own
 * @param limits how much of what there may be
 * @param clusterSecret what the members share; also keys the salts shown for unknown users
 * @param topology users, routes and backends
 */
public record Config(
    List<Listener> listeners,
    Timeouts timeouts,
    Limits limits,
    Optional<String> clusterSecret,
    Snapshot topology) {
  public Config {
    listeners = List.copyOf(listeners);
  }

  /** With the default limits. */
  public Config(
      List<Listener> listeners,
      Timeouts timeouts,
      Optional<String> clusterSecret,
      Snapshot topology) {
    this(listeners, timeouts, Limits.DEFAULTS, clusterSecret, topology);
  }

  @Override
  public String toString() {
    return "Config[listeners=" + listeners + "]";
  }
}
