package io.pgplane.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.config.Config;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.NetworkConfig;
import com.hazelcast.config.YamlConfigBuilder;
import java.io.FileNotFoundException;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Hazelcast's files in conf/, as Hazelcast itself reads them. */
class HazelcastFilesTest {
  private static final String LIST = "conf/hazelcast.yaml";
  private static final String KUBERNETES = "conf/hazelcast-kubernetes.yaml";

  @ParameterizedTest
  @ValueSource(strings = {LIST, KUBERNETES})
  void nobodyJoinsByChance(String file) throws FileNotFoundException {
    Config config = read(file);
    JoinConfig join = config.getNetworkConfig().getJoin();

    assertThat(config.getClusterName()).isEqualTo("pgplane");
    assertThat(join.isAutoDetectionEnabled()).isFalse();
    assertThat(join.getMulticastConfig().isEnabled()).isFalse();
  }

  @Test
  void membersAreListed() throws FileNotFoundException {
    JoinConfig join = read(LIST).getNetworkConfig().getJoin();

    assertThat(join.getTcpIpConfig().isEnabled()).isTrue();
    assertThat(join.getTcpIpConfig().getMembers()).containsExactly("127.0.0.1");
    assertThat(join.getKubernetesConfig().isEnabled()).isFalse();
  }

  @Test
  void podsAreFoundByTheHeadlessService() throws FileNotFoundException {
    NetworkConfig network = read(KUBERNETES).getNetworkConfig();
    JoinConfig join = network.getJoin();

    assertThat(network.getPort()).isEqualTo(5701);
    assertThat(network.isPortAutoIncrement()).isFalse();
    assertThat(join.getTcpIpConfig().isEnabled()).isFalse();
    assertThat(join.getKubernetesConfig().isEnabled()).isTrue();
    assertThat(join.getKubernetesConfig().getProperties())
        .containsEntry("service-name", "pgplane-members")
        .containsEntry("resolve-not-ready-addresses", "true");
  }

  @Test
  void theServiceOfTheFileIsThatOfTheManifests() throws FileNotFoundException {
    String service =
        read(KUBERNETES)
            .getNetworkConfig()
            .getJoin()
            .getKubernetesConfig()
            .getProperties()
            .get("service-name");

    assertThat(
            Manifests.text(Manifests.rendered("k8s/base").one("StatefulSet"), "/spec/serviceName"))
        .isEqualTo(service);
  }

  private static Config read(String file) throws FileNotFoundException {
    return new YamlConfigBuilder(file).setProperties(new Properties()).build();
  }
}
