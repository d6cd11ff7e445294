package io.pgplane.controlplane.cluster;

import com.hazelcast.config.Config;
import com.hazelcast.config.EndpointConfig;
import com.hazelcast.config.NetworkConfig;
import com.hazelcast.config.ServerSocketEndpointConfig;
import com.hazelcast.config.SplitBrainProtectionConfig;
import com.hazelcast.config.XmlConfigBuilder;
import com.hazelcast.config.YamlConfigBuilder;
import com.hazelcast.instance.EndpointQualifier;
import com.hazelcast.splitbrainprotection.SplitBrainProtectionOn;
import io.pgplane.config.Cluster;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Hazelcast as pgplane needs it, with the way to the other members from the operator's file. */
final class HazelcastConfig {
  /** Under a name of its own: an application's cluster.xml stays the application's. */
  static final String RESOURCE = "/io/pgplane/hazelcast.xml";

  private static final String PROTECTION = "pgplane";

  /** The value in hazelcast.xml, which says why. */
  private static final int LINGER_SECONDS = 1;

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
    cluster.host().ifPresent(host -> publish(config, host));
    if (cluster.minimumMembers() > 1) {
      protect(config, cluster.minimumMembers());
    }
    return config;
  }

  /** The file of the jar; blocks. */
  static Config builtIn() {
    try (InputStream xml = HazelcastConfig.class.getResourceAsStream(RESOURCE)) {
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
      network(config, own);
      own.getProperties()
          .forEach((key, value) -> config.setProperty(String.valueOf(key), String.valueOf(value)));
    } catch (IOException | RuntimeException e) {
      throw new IllegalArgumentException("cluster.hazelcast: " + file + ": " + e.getMessage(), e);
    }
  }

  private static void network(Config config, Config own) {
    if (own.getAdvancedNetworkConfig().isEnabled()) {
      config.setAdvancedNetworkConfig(own.getAdvancedNetworkConfig());
      linger(config);
    } else {
      members(config, own.getNetworkConfig());
    }
  }

  /**
   * The same network with a port for members alone; hazelcast.xml in the jar says why.
   *
   * @throws IllegalArgumentException if it has more than such a port can do
   */
  static void members(Config config, NetworkConfig network) {
    NetworkConfig known =
        new NetworkConfig()
            .setPort(network.getPort())
            .setPortCount(network.getPortCount())
            .setPortAutoIncrement(network.isPortAutoIncrement())
            .setPublicAddress(network.getPublicAddress())
            .setReuseAddress(network.isReuseAddress())
            .setOutboundPorts(network.getOutboundPorts())
            .setOutboundPortDefinitions(network.getOutboundPortDefinitions())
            .setInterfaces(network.getInterfaces())
            .setJoin(network.getJoin())
            .setMemberAddressProviderConfig(network.getMemberAddressProviderConfig())
            .setIcmpFailureDetectorConfig(network.getIcmpFailureDetectorConfig());
    if (!known.equals(network)) {
      throw new IllegalArgumentException(
          "network: the port is for members alone, and TLS, encryption and socket interceptors need"
              + " Hazelcast Enterprise: take ssl, symmetric-encryption, socket-interceptor,"
              + " rest-api, memcache-protocol and tpc-socket away");
    }
    config
        .getAdvancedNetworkConfig()
        .setJoin(known.getJoin())
        .setMemberAddressProviderConfig(known.getMemberAddressProviderConfig())
        .setIcmpFailureDetectorConfig(known.getIcmpFailureDetectorConfig())
        .setMemberEndpointConfig(
            new ServerSocketEndpointConfig()
                .setPort(known.getPort())
                .setPortCount(known.getPortCount())
                .setPortAutoIncrement(known.isPortAutoIncrement())
                .setPublicAddress(known.getPublicAddress())
                .setReuseAddress(known.isReuseAddress())
                .setOutboundPorts(known.getOutboundPorts())
                .setOutboundPortDefinitions(known.getOutboundPortDefinitions())
                .setInterfaces(known.getInterfaces()));
    linger(config);
  }

  private static void linger(Config config) {
    config.getAdvancedNetworkConfig().getEndpointConfigs().values().stream()
        .filter(port -> port.getSocketLingerSeconds() == 0)
        .forEach(port -> port.setSocketLingerSeconds(LINGER_SECONDS));
  }

  private static void publish(Config config, String host) {
    EndpointConfig members =
        config.getAdvancedNetworkConfig().getEndpointConfigs().get(EndpointQualifier.MEMBER);
    if (members instanceof ServerSocketEndpointConfig port) {
      port.setPublicAddress(host);
      if (!port.getInterfaces().isEnabled()) {
        ownAddress(host).ifPresent(own -> port.getInterfaces().setEnabled(true).addInterface(own));
      }
    }
    config.getNetworkConfig().setPublicAddress(host); // where Vert.x looks
  }

  /** The address to listen on; empty for that of a gateway, which only leads here. */
  private static Optional<String> ownAddress(String host) {
    try {
      InetAddress address = InetAddress.getByName(host);
      return NetworkInterface.getByInetAddress(address) == null
          ? Optional.empty()
          : Optional.of(address.getHostAddress());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static void protect(Config config, int minimumMembers) {
    config.addSplitBrainProtectionConfig(
        new SplitBrainProtectionConfig(PROTECTION, true, minimumMembers)
            .setProtectOn(SplitBrainProtectionOn.WRITE));
    PROTECTED.forEach(map -> config.getMapConfig(map).setSplitBrainProtectionName(PROTECTION));
  }
}
