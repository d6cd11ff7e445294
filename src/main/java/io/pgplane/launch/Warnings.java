package io.pgplane.launch;

import io.pgplane.config.Cluster;
import io.pgplane.config.Config;
import io.pgplane.config.ConfigException;
import io.pgplane.config.Problem;
import io.pgplane.config.Warning;
import io.pgplane.controlplane.cluster.ClusteredVertx;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs the warnings of a member's configurations, each once as long as it stays. */
final class Warnings {
  private static final Logger LOG = LoggerFactory.getLogger(Warnings.class);

  private static final Warning MULTICAST =
      new Warning(
          "cluster.hazelcast",
          "members find each other by multicast, which has no TLS: list them under tcp-ip");

  private List<Warning> logged = List.of();

  /**
   * All warnings of a configuration, with those that only Hazelcast's own file can give; blocks.
   *
   * @throws ConfigException if Hazelcast cannot take its file
   */
  static List<Warning> of(Config config) {
    return Stream.concat(config.warnings().stream(), of(config.cluster())).toList();
  }

  private static Stream<Warning> of(Cluster cluster) {
    try {
      Stream<Warning> tooFew = cluster.hazelcast().isPresent() ? tooFew(cluster) : Stream.empty();
      return cluster.enabled() && ClusteredVertx.usesMulticast(cluster)
          ? Stream.concat(tooFew, Stream.of(MULTICAST))
          : tooFew;
    } catch (IllegalArgumentException e) {
      String line = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      String path = "cluster.hazelcast";
      throw new ConfigException(List.of(new Problem(path, line.replace(path + ": ", ""))));
    }
  }

  private static Stream<Warning> tooFew(Cluster cluster) {
    OptionalInt listed = ClusteredVertx.listedMembers(cluster);
    int all = listed.orElse(0);
    return 2 * cluster.minimumMembers() > all
        ? Stream.empty()
        : Stream.of(
            new Warning(
                "cluster.minimumMembers",
                cluster.minimumMembers()
                    + " of the "
                    + all
                    + " members that cluster.hazelcast lists is no majority: both sides of a"
                    + " partition could take changes; set "
                    + (all / 2 + 1)));
  }

  /** Logs those that the configuration before did not have. */
  synchronized void log(List<Warning> warnings) {
    warnings.stream()
        .filter(warning -> !logged.contains(warning))
        .forEach(warning -> LOG.warn("configuration: {}", warning));
    logged = warnings;
  }
}
