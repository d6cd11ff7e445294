package io.pgplane.controlplane.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hazelcast.config.AdvancedNetworkConfig;
import com.hazelcast.config.ServerSocketEndpointConfig;
import com.hazelcast.instance.EndpointQualifier;
import io.pgplane.config.Cluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HazelcastConfigTest {
  @TempDir Path directory;

  @Test
  void letsMembersAloneIntoThePortOfTheOperatorsFile() throws IOException {
    AdvancedNetworkConfig network =
        network(
            """
            hazelcast:
              network:
                port: { port: 7701, auto-increment: false }
                interfaces: { enabled: true, interfaces: [ 10.0.0.* ] }
                outbound-ports: [ 7000-7010 ]
                join:
                  multicast: { enabled: false }
                  tcp-ip: { enabled: true, member-list: [ 10.0.0.1, 10.0.0.2 ] }
            """);

    assertThat(network.isEnabled()).isTrue();
    assertThat(network.getJoin().getMulticastConfig().isEnabled()).isFalse();
    assertThat(network.getJoin().getTcpIpConfig().getMembers())
        .containsExactly("10.0.0.1", "10.0.0.2");
    assertThat(network.getEndpointConfigs()).containsOnlyKeys(EndpointQualifier.MEMBER);
    ServerSocketEndpointConfig port = members(network);
    assertThat(port.getPort()).isEqualTo(7701);
    assertThat(port.isPortAutoIncrement()).isFalse();
    assertThat(port.getInterfaces().getInterfaces()).containsExactly("10.0.0.*");
    assertThat(port.getOutboundPortDefinitions()).containsExactly("7000-7010");
    assertThat(port.getPublicAddress()).isEqualTo("10.0.0.1");
    assertThat(port.getSocketLingerSeconds()).isEqualTo(1);
  }

  @Test
  void leavesAnAdvancedNetworkAsItIsWhereItSaysSomething() throws IOException {
    AdvancedNetworkConfig network =
        network(
            """
            hazelcast:
              advanced-network:
                enabled: true
                join: { multicast: { enabled: false } }
                member-server-socket-endpoint-config:
                  port: { port: 7701 }
                  socket-options: { keep-count: 3 }
            """);

    assertThat(members(network).getPort()).isEqualTo(7701);
    assertThat(members(network).getSocketKeepCount()).isEqualTo(3);
    assertThat(members(network).getSocketLingerSeconds()).isEqualTo(1);
    assertThat(members(network).getPublicAddress()).isEqualTo("10.0.0.1");
  }

  @Test
  void refusesWhatThePortDoesNotDo() {
    assertThatThrownBy(
            () ->
                network(
                    """
                    hazelcast:
                      network:
                        ssl: { enabled: true }
                    """))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("cluster.hazelcast: " + directory)
        .hasMessageContaining("take ssl, ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"conf/hazelcast.yaml", "conf/hazelcast-kubernetes.yaml"})
  void takesTheFilesThatOperatorsBeginWith(String file) {
    assertThat(members(network(Path.of(file))).getPort()).isEqualTo(5701);
  }

  private AdvancedNetworkConfig network(String yaml) throws IOException {
    return network(Files.writeString(directory.resolve("hazelcast.yaml"), yaml));
  }

  private static AdvancedNetworkConfig network(Path file) {
    Cluster cluster =
        new Cluster(
            true,
            Optional.empty(),
            Optional.empty(),
            Optional.of(file),
            Optional.of("10.0.0.1"),
            Optional.empty(),
            1,
            Duration.ZERO,
            Optional.empty(),
            0,
            false);
    return HazelcastConfig.of(cluster).getAdvancedNetworkConfig();
  }

  private static ServerSocketEndpointConfig members(AdvancedNetworkConfig network) {
    return (ServerSocketEndpointConfig)
        Objects.requireNonNull(network.getEndpointConfigs().get(EndpointQualifier.MEMBER));
  }
}
