package io.pgplane.controlplane.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.config.Config;
import com.hazelcast.config.EvictionPolicy;
import com.hazelcast.config.MapConfig;
import com.hazelcast.config.XmlConfigBuilder;
import io.pgplane.config.Cluster;
import io.pgplane.testkit.VertxLauncher;
import io.vertx.spi.cluster.hazelcast.ConfigUtil;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HazelcastSafetyTest {
  @Test
  void theHazelcastOfRunIsSafe() {
    assertThat(HazelcastSafety.problems(HazelcastConfig.of(cluster(2)), 2)).isEmpty();
    assertThat(HazelcastSafety.problems(HazelcastConfig.of(cluster(1)), 1)).isEmpty();
  }

  @Test
  void thatOfVertxItselfIsNot() {
    List<String> problems = HazelcastSafety.problems(ConfigUtil.loadConfig(), 1);

    assertThat(problems)
        .anyMatch(problem -> problem.contains("java-serialization-filter is missing"))
        .anyMatch(problem -> problem.matches("map pgplane.revisions, .*: backup-count must be 2.*"))
        .anyMatch(problem -> problem.matches("map pgplane.leases, .*DiscardMergePolicy"));
  }

  @Test
  void theFileOfTheJarIsSafeForOneMemberAndForMoreWithItsProtection() throws IOException {
    String file = VertxLauncher.hazelcast(List.of(5701, 5702), 0);

    assertThat(HazelcastSafety.problems(read(file), 1)).isEmpty();
    assertThat(HazelcastSafety.problems(read(file), 2))
        .singleElement()
        .asString()
        .contains("pgplane.revisions, pgplane.base, pgplane.arrived, pgplane.leases")
        .contains("split-brain-protection-ref must name")
        .contains("minimum-cluster-size 2");
    assertThat(HazelcastSafety.problems(read(VertxLauncher.protectedBy(2, file)), 2)).isEmpty();
    assertThat(HazelcastSafety.problems(read(VertxLauncher.protectedBy(2, file)), 3)).hasSize(1);
  }

  @Test
  void mapsThatForgetEntriesAreRefused() {
    Config config = HazelcastConfig.builtIn();
    MapConfig revisions = new MapConfig("pgplane.revisions").setBackupCount(2);
    revisions.getEvictionConfig().setEvictionPolicy(EvictionPolicy.LRU);
    config.addMapConfig(revisions);

    assertThat(HazelcastSafety.problems(config, 1))
        .singleElement()
        .asString()
        .startsWith("map pgplane.revisions: entries must stay");
  }

  private static Config read(String xml) {
    return new XmlConfigBuilder(new ByteArrayInputStream(xml.getBytes(UTF_8))).build();
  }

  private static Cluster cluster(int minimumMembers) {
    return new Cluster(
        true,
        Optional.of("a secret"),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        minimumMembers,
        Duration.ofMinutes(5),
        Optional.empty());
  }
}
