package io.pgplane.controlplane.cluster;

import com.hazelcast.config.Config;
import com.hazelcast.config.SplitBrainProtectionConfig;
import com.hazelcast.config.XmlConfigBuilder;
import com.hazelcast.config.YamlConfigBuilder;
import com.hazelcast.splitbrainprotection.SplitBrainProtectionOn;
import io.pgplane.config.Cluster;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/** Hazelcast as pgplane needs it, with the way to the other members from the operator's file. */
final class HazelcastConfig {
  private static final String PROTECTION = "pgplane";

  /** Who is there is told on both sides of a partition; all else only changes on one. */
  private static final List<String> PROTECTED =
      List.of("pgplane.*", "pgplane.leases", "pgplane.leases.members");

  private HazelcastConfig() {}

  /**
   * Reads both; blocks.
   *
   * @throws IllegalArgumentException if Hazelcast cannot take the operator's file
   */
  static Config of(Cluster cluster) {
    Config config = builtIn();
    cluster.hazelcast().ifPresent(file -> join(config, file));
    cluster.host().ifPresent(host -> config.getNetworkConfig().setPublicAddress(host));
    if (cluster.minimumMembers() > 1) {
      protect(config, cluster.minimumMembers());
    }
    return config;
  }

  private static Config builtIn() {
    try (InputStream xml = HazelcastConfig.class.getResourceAsStream("/cluster.xml")) {
      return new XmlConfigBuilder(Objects.requireNonNull(xml)).build();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Its network, its cluster's name and its properties; tables and deserialisation are ours. */
  private static void join(Config config, Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      boolean xml = file.toString().endsWith(".xml");
      Config own = xml ? new XmlConfigBuilder(in).build() : new YamlConfigBuilder(in).build();
      config.setClusterName(own.getClusterName());
      config.setNetworkConfig(own.getNetworkConfig());
      own.getProperties()
          .forEach((key, value) -> config.setProperty(String.valueOf(key), String.valueOf(value)));
    } catch (IOException | RuntimeException e) {
      throw new IllegalArgumentException("cluster.hazelcast: " + file + ": " + e.getMessage(), e);
    }
  }

  private static void protect(Config config, int minimumMembers) {
    config.addSplitBrainProtectionConfig(
        new SplitBrainProtectionConfig(PROTECTION, true, minimumMembers)
            .setProtectOn(SplitBrainProtectionOn.WRITE));
    PROTECTED.forEach(map -> config.getMapConfig(map).setSplitBrainProtectionName(PROTECTION));
  }
}
