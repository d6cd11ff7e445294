package io.pgplane.controlplane.cluster;

import com.hazelcast.config.Config;
import com.hazelcast.config.EvictionPolicy;
import com.hazelcast.config.MapConfig;
import com.hazelcast.config.SplitBrainProtectionConfig;
import com.hazelcast.splitbrainprotection.SplitBrainProtectionOn;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether a Hazelcast that somebody else has started keeps the tables of pgplane safe. */
final class HazelcastSafety {
  private static final Logger LOG = LoggerFactory.getLogger(HazelcastSafety.class);

  private static final List<String> MAPS =
      List.of(
          "pgplane.revisions",
          "pgplane.base",
          "pgplane.arrived",
          "pgplane.members",
          "pgplane.leases",
          "pgplane.leases.members");

  /** Who is there is told on both sides of a partition. */
  private static final String UNPROTECTED = "pgplane.members";

  private HazelcastSafety() {}

  /** What is to be changed in its configuration; empty if it is safe. */
  static List<String> problems(Config live, int minimumMembers) {
    List<String> problems = new ArrayList<>();
    if (live.getSerializationConfig().getJavaSerializationFilterConfig() == null) {
      problems.add("java-serialization-filter is missing: Hazelcast would deserialise any class");
    }
    Config wanted = HazelcastConfig.builtIn();
    Map<String, List<String>> maps = new LinkedHashMap<>();
    for (String name : MAPS) {
      MapConfig map = live.findMapConfig(name);
      List<String> found = problems(map, wanted.findMapConfig(name));
      if (minimumMembers > 1
          && !name.equals(UNPROTECTED)
          && !isProtected(live, map, minimumMembers)) {
        found.add(unprotected(minimumMembers));
      }
      found.forEach(text -> maps.computeIfAbsent(text, first -> new ArrayList<>()).add(name));
    }
    maps.forEach((text, names) -> problems.add("map " + String.join(", ", names) + ": " + text));
    if (!live.getAdvancedNetworkConfig().isEnabled()) {
      LOG.warn(
          "Hazelcast has no advanced-network: its port takes clients, too, and a member that hangs"
              + " can split the others");
    }
    return problems;
  }

  private static List<String> problems(MapConfig map, MapConfig wanted) {
    List<String> problems = new ArrayList<>();
    // Not the asynchronous ones: what was acknowledged could be lost with its owner.
    if (map.getBackupCount() < wanted.getBackupCount()) {
      problems.add("backup-count must be " + wanted.getBackupCount() + " or more");
    }
    if (map.getTimeToLiveSeconds() > 0
        || map.getMaxIdleSeconds() > 0
        || map.getEvictionConfig().getEvictionPolicy() != EvictionPolicy.NONE) {
      problems.add("entries must stay: no eviction, time-to-live-seconds or max-idle-seconds");
    }
    String policy = simpleName(wanted.getMergePolicyConfig().getPolicy());
    if (!simpleName(map.getMergePolicyConfig().getPolicy()).equals(policy)) {
      problems.add("merge-policy must be " + policy);
    }
    return problems;
  }

  private static String unprotected(int minimumMembers) {
    return "split-brain-protection-ref must name a split-brain-protection that is enabled, with"
        + " minimum-cluster-size "
        + minimumMembers
        + " or more (cluster.minimumMembers) and protect-on WRITE; without it, both sides of a"
        + " partition could take changes";
  }

  private static boolean isProtected(Config live, MapConfig map, int minimumMembers) {
    String name = map.getSplitBrainProtectionName();
    if (name == null) {
      return false;
    }
    SplitBrainProtectionConfig protection = live.getSplitBrainProtectionConfigs().get(name);
    return protection != null
        && protection.isEnabled()
        && protection.getMinimumClusterSize() >= minimumMembers
        && protection.getProtectOn() != SplitBrainProtectionOn.READ;
  }

  private static String simpleName(String policy) {
    return policy.substring(policy.lastIndexOf('.') + 1);
  }
}
