package io.pgplane.controlplane.cluster;

import com.hazelcast.config.ClassFilter;
import com.hazelcast.config.Config;
import com.hazelcast.config.EvictionPolicy;
import com.hazelcast.config.InMemoryFormat;
import com.hazelcast.config.JavaSerializationFilterConfig;
import com.hazelcast.config.MapConfig;
import com.hazelcast.config.SplitBrainProtectionConfig;
import com.hazelcast.splitbrainprotection.SplitBrainProtectionOn;
import io.pgplane.config.Problem;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether a Hazelcast that an application has started keeps the tables of pgplane safe. */
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

  /** Members are listed on both sides of a partition. */
  private static final String UNPROTECTED = "pgplane.members";

  /** A class that no filter names, unless it takes all. */
  private static final String UNKNOWN_CLASS = "unknown.to.Everybody";

  private HazelcastSafety() {}

  /** The changes that its configuration needs; empty if it is safe. */
  static List<Problem> problems(Config live, int minimumMembers) {
    List<Problem> problems = new ArrayList<>(ofMembers(live));
    Config wanted = HazelcastConfig.builtIn();
    Map<String, List<String>> maps = new LinkedHashMap<>();
    for (String name : MAPS) {
      MapConfig map = live.findMapConfig(name);
      List<String> found = ofMap(map, wanted.findMapConfig(name));
      if (minimumMembers > 1 && !name.equals(UNPROTECTED)) {
        found.addAll(ofProtection(live, map, minimumMembers));
      }
      found.forEach(text -> maps.computeIfAbsent(text, first -> new ArrayList<>()).add(name));
    }
    maps.forEach(
        (text, names) -> problems.add(new Problem("map " + String.join(", ", names), text)));
    if (!live.getAdvancedNetworkConfig().isEnabled()) {
      LOG.warn(
          "Hazelcast has no advanced-network: its port takes clients, too, and a member that hangs"
              + " can split the others");
    }
    return problems;
  }

  /** Code from others, and the copies that each member keeps for others. */
  private static List<Problem> ofMembers(Config live) {
    List<Problem> problems = new ArrayList<>();
    JavaSerializationFilterConfig filter =
        live.getSerializationConfig().getJavaSerializationFilterConfig();
    String path = "serialization.java-serialization-filter";
    if (filter == null) {
      problems.add(new Problem(path, "is missing: Hazelcast would deserialise any class"));
    } else if (takesAnyClass(filter)) {
      problems.add(
          new Problem(
              path,
              "takes any class: list in its whitelist what may be deserialised, and no more"));
    }
    if (live.getUserCodeDeploymentConfig().isEnabled()) {
      problems.add(
          new Problem(
              "user-code-deployment", "must be off: any member could bring code of its own"));
    }
    if (live.getJetConfig().isEnabled() && live.getJetConfig().isResourceUploadEnabled()) {
      problems.add(
          new Problem("jet.resource-upload-enabled", "must be false: jobs could bring code"));
    }
    if (live.isLiteMember()) {
      problems.add(
          new Problem("lite-member", "must be off: each member keeps backups for the others"));
    }
    return problems;
  }

  /** As Hazelcast decides it: without the defaults, an empty whitelist forbids nothing. */
  private static boolean takesAnyClass(JavaSerializationFilterConfig filter) {
    ClassFilter whitelist = filter.getWhitelist();
    return (filter.isDefaultsDisabled() && whitelist.isEmpty())
        || whitelist.isListed(UNKNOWN_CLASS);
  }

  private static List<String> ofMap(MapConfig map, MapConfig wanted) {
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
    if (map.isReadBackupData()) {
      problems.add("read-backup-data must be false: a backup may be older than its entry");
    }
    if (map.isNearCacheEnabled()) {
      problems.add("near-cache must go: it may be older than its entry");
    }
    if (map.getMapStoreConfig().isEnabled()) {
      problems.add("map-store must be off: it would bring old entries back");
    }
    if (map.getInMemoryFormat() != InMemoryFormat.BINARY) {
      problems.add("in-memory-format must be BINARY: entries are compared by their bytes");
    }
    String policy = simpleName(wanted.getMergePolicyConfig().getPolicy());
    if (!simpleName(map.getMergePolicyConfig().getPolicy()).equals(policy)) {
      problems.add("merge-policy must be " + policy);
    }
    return problems;
  }

  private static List<String> ofProtection(Config live, MapConfig map, int minimumMembers) {
    String name = map.getSplitBrainProtectionName();
    SplitBrainProtectionConfig protection =
        name == null ? null : live.getSplitBrainProtectionConfigs().get(name);
    if (protection == null
        || !protection.isEnabled()
        || protection.getMinimumClusterSize() < minimumMembers
        || protection.getProtectOn() == SplitBrainProtectionOn.READ) {
      return List.of(
          "split-brain-protection-ref must name a split-brain-protection that is enabled, with"
              + " minimum-cluster-size "
              + minimumMembers
              + " or more (cluster.minimumMembers) and protect-on WRITE; without it, both sides of a"
              + " partition could take changes");
    }
    return protection.getFunctionClassName() == null
            && protection.getFunctionImplementation() == null
        ? List.of()
        : List.of(
            "split-brain-protection "
                + name
                + " must have no function of its own: Hazelcast would not count the members");
  }

  private static String simpleName(String policy) {
    return policy.substring(policy.lastIndexOf('.') + 1);
  }
}
