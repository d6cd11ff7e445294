package io.pgplane.controlplane.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.hazelcast.config.ClassFilter;
import com.hazelcast.config.Config;
import com.hazelcast.config.EvictionPolicy;
import com.hazelcast.config.InMemoryFormat;
import com.hazelcast.config.JavaSerializationFilterConfig;
import com.hazelcast.config.MapConfig;
import com.hazelcast.config.MapStoreConfig;
import com.hazelcast.config.NearCacheConfig;
import com.hazelcast.config.SplitBrainProtectionConfig;
import com.hazelcast.config.XmlConfigBuilder;
import com.hazelcast.splitbrainprotection.SplitBrainProtectionOn;
import io.pgplane.config.Cluster;
import io.pgplane.config.Problem;
import io.pgplane.crypto.ClusterSecret;
import io.pgplane.testkit.VertxLauncher;
import io.vertx.spi.cluster.hazelcast.ConfigUtil;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class HazelcastSafetyTest {
  @Test
  void theHazelcastOfRunIsSafe() {
    assertThat(problems(HazelcastConfig.of(cluster(2)), 2)).isEmpty();
    assertThat(problems(HazelcastConfig.of(cluster(1)), 1)).isEmpty();
  }

  @Test
  void thatOfVertxItselfIsNot() {
    List<String> problems = problems(ConfigUtil.loadConfig(), 1);

    assertThat(problems)
        .anyMatch(
            problem -> problem.contains("serialization.java-serialization-filter: is missing"))
        .anyMatch(problem -> problem.matches("map pgplane.revisions, .*: backup-count must be 2.*"))
        .anyMatch(problem -> problem.matches("map pgplane.leases, .*DiscardMergePolicy"));
  }

  @Test
  void theFileOfTheJarIsSafeForOneMemberAndForMoreWithItsProtection() throws IOException {
    String file = VertxLauncher.hazelcast(List.of(5701, 5702), 0);

    assertThat(problems(read(file), 1)).isEmpty();
    assertThat(problems(read(file), 2))
        .singleElement()
        .asString()
        .contains("pgplane.revisions, pgplane.base, pgplane.arrived, pgplane.leases")
        .contains("split-brain-protection-ref must name")
        .contains("minimum-cluster-size 2");
    assertThat(problems(read(VertxLauncher.protectedBy(2, file)), 2)).isEmpty();
    assertThat(problems(read(VertxLauncher.protectedBy(2, file)), 3)).hasSize(1);
  }

  @ParameterizedTest
  @MethodSource({"settingsOfMaps", "settingsOfTheMember"})
  void settingsThatBreakAGuaranteeAreRefusedWithTheirKey(Consumer<Config> setting, String problem) {
    Config config = HazelcastConfig.of(cluster(2));
    setting.accept(config);

    assertThat(problems(config, 2)).singleElement().asString().startsWith(problem);
  }

  static Stream<Arguments> settingsOfMaps() {
    return Stream.of(
        ofRevisions(
            map -> map.getEvictionConfig().setEvictionPolicy(EvictionPolicy.LRU),
            "entries must stay"),
        ofRevisions(map -> map.setTimeToLiveSeconds(60), "entries must stay"),
        ofRevisions(map -> map.setMaxIdleSeconds(60), "entries must stay"),
        ofRevisions(map -> map.setBackupCount(1), "backup-count must be 2 or more"),
        ofRevisions(
            map -> map.setBackupCount(1).setAsyncBackupCount(5), "backup-count must be 2 or more"),
        ofRevisions(map -> map.setReadBackupData(true), "read-backup-data must be false"),
        ofRevisions(map -> map.setNearCacheConfig(new NearCacheConfig()), "near-cache must go"),
        ofRevisions(
            map -> map.setMapStoreConfig(new MapStoreConfig().setEnabled(true).setClassName("x")),
            "map-store must be off"),
        ofRevisions(
            map -> map.setInMemoryFormat(InMemoryFormat.OBJECT), "in-memory-format must be BINARY"),
        ofRevisions(
            map -> map.getMergePolicyConfig().setPolicy("LatestUpdateMergePolicy"),
            "merge-policy must be PutIfAbsentMergePolicy"),
        ofRevisions(
            map -> map.setSplitBrainProtectionName("another"),
            "split-brain-protection-ref must name a split-brain-protection that is enabled"));
  }

  static Stream<Arguments> settingsOfTheMember() {
    return Stream.of(
        ofProtection(
            protection -> protection.setFunctionClassName("x"),
            "split-brain-protection pgplane must have no function of its own"),
        ofProtection(
            protection -> protection.setFunctionImplementation(members -> true),
            "split-brain-protection pgplane must have no function of its own"),
        ofProtection(
            protection -> protection.setProtectOn(SplitBrainProtectionOn.READ),
            "split-brain-protection-ref must name"),
        ofFilter(
            new JavaSerializationFilterConfig().setDefaultsDisabled(true),
            "serialization.java-serialization-filter: takes any class"),
        ofFilter(
            new JavaSerializationFilterConfig().setWhitelist(new ClassFilter().addPrefixes("")),
            "serialization.java-serialization-filter: takes any class"),
        ofFilter(null, "serialization.java-serialization-filter: is missing"),
        arguments(
            (Consumer<Config>) config -> config.getUserCodeDeploymentConfig().setEnabled(true),
            "user-code-deployment: must be off"),
        arguments(
            (Consumer<Config>)
                config -> config.getJetConfig().setEnabled(true).setResourceUploadEnabled(true),
            "jet.resource-upload-enabled: must be false"),
        arguments(
            (Consumer<Config>) config -> config.setLiteMember(true), "lite-member: must be off"));
  }

  private static Arguments ofRevisions(Consumer<MapConfig> setting, String problem) {
    Consumer<Config> change =
        config -> {
          MapConfig map = new MapConfig(config.findMapConfig("pgplane.revisions"));
          setting.accept(map.setName("pgplane.revisions"));
          config.addMapConfig(map);
        };
    return arguments(change, "map pgplane.revisions: " + problem);
  }

  private static Arguments ofProtection(
      Consumer<SplitBrainProtectionConfig> setting, String problem) {
    Consumer<Config> change =
        config -> setting.accept(config.getSplitBrainProtectionConfig("pgplane"));
    return arguments(
        change,
        "map pgplane.revisions, pgplane.base, pgplane.arrived, pgplane.leases,"
            + " pgplane.leases.members: "
            + problem);
  }

  private static Arguments ofFilter(
      @Nullable JavaSerializationFilterConfig filter, String problem) {
    Consumer<Config> change =
        config -> config.getSerializationConfig().setJavaSerializationFilterConfig(filter);
    return arguments(change, problem);
  }

  @Test
  void theFilterOfHazelcastsDefaultsIsNarrowEnough() {
    Config config = HazelcastConfig.of(cluster(1));
    config
        .getSerializationConfig()
        .setJavaSerializationFilterConfig(new JavaSerializationFilterConfig());

    assertThat(problems(config, 1)).isEmpty();
  }

  private static List<String> problems(Config config, int minimumMembers) {
    return HazelcastSafety.problems(config, minimumMembers).stream()
        .map(Problem::toString)
        .toList();
  }

  private static Config read(String xml) {
    return new XmlConfigBuilder(new ByteArrayInputStream(xml.getBytes(UTF_8))).build();
  }

  private static Cluster cluster(int minimumMembers) {
    return new Cluster(
        true,
        Optional.of(ClusterSecret.of("a secret")),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        minimumMembers,
        Duration.ofMinutes(5),
        Optional.empty(),
        0,
        false);
  }
}
