package io.pgplane.cluster;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.config.Config;
import com.hazelcast.config.XmlConfigBuilder;
import com.hazelcast.config.YamlConfigBuilder;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import io.pgplane.controlplane.memberport.MemberPort;
import io.pgplane.controlplane.memberport.MemberTls;
import io.pgplane.crypto.ClusterSecret;
import io.pgplane.testkit.Await;
import io.pgplane.testkit.Exposition;
import io.pgplane.testkit.MemberProcess;
import io.pgplane.testkit.OneCluster;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.Setup;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** An application in the cluster that does more with Hazelcast than to ask by the event bus. */
@ExtendWith(OneCluster.class)
class ForeignMemberIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final String SECRET = "c2VjcmV0IHRoYXQgYWxsIHRoZSB0ZXN0cyBzaGFyZSE=";

  @TempDir Path directory;

  private final Setup setup = Setup.on(Version.NEWEST);
  private List<MemberProcess> members = List.of();
  private HazelcastInstance foreigner;
  private IMap<Object, Object> revisions;

  /** A class that no member knows. */
  private record Gadget(String text) implements Serializable {}

  @BeforeEach
  void start() throws IOException {
    members = MemberProcess.started(setup, directory, 2);
    foreigner = MemberPort.start(sameCluster(), MemberTls.of(List.of(ClusterSecret.of(SECRET))));
    assertThat(foreigner.getCluster().getMembers()).hasSize(3);
    revisions = foreigner.getMap("pgplane.revisions");
  }

  @AfterEach
  void stop() {
    foreigner.getLifecycleService().terminate();
    members.forEach(MemberProcess::close);
  }

  @Test
  void readsNeitherNamesNorVerifiers() throws Exception {
    apply(1);

    List<String> seen =
        Stream.of("pgplane.revisions", "pgplane.base")
            .flatMap(name -> foreigner.<Object, byte[]>getMap(name).values().stream())
            .map(bytes -> new String(bytes, ISO_8859_1))
            .toList();

    assertThat(seen)
        .hasSizeGreaterThan(1)
        .noneMatch(text -> text.contains(setup.user()))
        .noneMatch(text -> text.contains("SCRAM"))
        .noneMatch(text -> text.contains("\"document\""));
  }

  @Test
  void plantsNothingThatCounts() throws Exception {
    long last = apply(1);
    revisions.set(last + 1, "rubbish".getBytes(ISO_8859_1));
    Await.until("it is counted", PATIENCE, () -> rejected() > 0);
    assertThat(apply(2)).isEqualTo(last + 1);

    revisions.set(last + 2, Objects.requireNonNull(revisions.get(last)));
    assertThat(apply(3)).isEqualTo(last + 2);

    assertInForceEverywhere(last + 2);
    assertThat(members.get(0).log() + members.get(1).log()).contains("ignored");
  }

  @Test
  void stopsNobodyByWhatCannotBeRead() throws Exception {
    long last = apply(1);
    revisions.set(last + 1, new Gadget("rubbish"));
    revisions.set("rubbish", new byte[0]);
    revisions.set(new Gadget("rubbish"), new byte[0]);
    foreigner.getMap("pgplane.members").set("rubbish", new Gadget("rubbish"));
    foreigner.getMap("pgplane.base").set("rubbish", new Gadget("rubbish"));

    long next = apply(2);

    assertThat(next).isEqualTo(last + 1);
    assertInForceEverywhere(next);
  }

  @Test
  void takesNothingAway() throws Exception {
    long last = apply(1);

    revisions.delete(last);

    Await.until("it is there again", PATIENCE, () -> revisions.containsKey(last));
    assertThat(apply(2)).isEqualTo(last + 1);
    assertInForceEverywhere(last + 1);
  }

  @Test
  void overwritesNothingForLong() throws Exception {
    long first = apply(1);
    byte[] own = Objects.requireNonNull((byte[]) revisions.get(first));
    apply(2);
    apply(3);

    revisions.set(first, "rubbish".getBytes(ISO_8859_1));

    Await.until(
        "it is there again",
        PATIENCE,
        () -> Objects.requireNonNull((byte[]) revisions.get(first)).length == own.length);
  }

  private Config sameCluster() throws IOException {
    try (InputStream xml = Hazelcast.class.getResourceAsStream("/io/pgplane/hazelcast.xml");
        InputStream yaml = Files.newInputStream(directory.resolve("member1/hazelcast.yaml"))) {
      Config config = new XmlConfigBuilder(Objects.requireNonNull(xml)).build();
      Config theirs = new YamlConfigBuilder(yaml).build();
      theirs.getNetworkConfig().setPort(0).setPublicAddress("127.0.0.1");
      config.getAdvancedNetworkConfig().setEnabled(false);
      return config
          .setClusterName(theirs.getClusterName())
          .setNetworkConfig(theirs.getNetworkConfig());
    }
  }

  private long apply(int limit) {
    return Together.taken(members.get(limit % 2), limit);
  }

  private double rejected() throws Exception {
    double all = 0;
    for (MemberProcess member : members) {
      all += Exposition.parse(member.get("/metrics").body()).sum("pgplane_rejected_entries_total");
    }
    return all;
  }

  private void assertInForceEverywhere(long revision) throws Exception {
    for (MemberProcess member : members) {
      Await.until(
          member.name() + " goes by " + revision,
          PATIENCE,
          () -> member.standing().getLong("inForce") == revision);
      try (Connection connection = member.jdbc()) {
        assertThat(connection.isValid(5)).isTrue();
      }
    }
  }
}
