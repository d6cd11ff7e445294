package io.pgplane.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.pgplane.protocol.scram.Scram;
import io.pgplane.testkit.FreePort;
import io.pgplane.testkit.OneCluster;
import io.pgplane.testkit.RealPostgres;
import io.pgplane.testkit.RealPostgres.Auth;
import io.pgplane.testkit.RealPostgres.Version;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every configuration in conf/, k8s/ and the documentation, started as its reader would. */
@ExtendWith(OneCluster.class)
class DocumentedConfigurationsIT {
  private static final String USER = "alice";
  private static final String PASSWORD = "secret of alice";
  private static final String DATABASE = "app";
  private static final String VERIFIER =
      Scram.verifierOf(PASSWORD.toCharArray(), Scram.DEFAULT_ITERATIONS, new SecureRandom()).text();
  private static final Map<String, String> ENVIRONMENT =
      Map.ofEntries(
          Map.entry("ALICE_VERIFIER", VERIFIER),
          Map.entry("ALICE_OLD_VERIFIER", VERIFIER),
          Map.entry("PGPLANE_ADMIN_TOKEN", "0123456789abcdef"),
          Map.entry("PGPLANE_READ_TOKEN", "fedcba9876543210"),
          Map.entry("PGPLANE_CLUSTER_SECRET", "a secret of these tests"),
          Map.entry("PGPLANE_OLD_CLUSTER_SECRET", "the secret before it"),
          Map.entry("PROBE_PASSWORD", "pencil"),
          Map.entry("REPORTING_PASSWORD", "pencil"),
          Map.entry("REPORTS_KEY_PASSWORD", "pencil"),
          Map.entry("REPORTS_SERVICE_PASSWORD", "pencil"),
          Map.entry("STORE_PASSWORD", "pencil"),
          Map.entry("POD_IP", "127.0.0.1"));

  private static RealPostgres postgres;

  @TempDir private Path directory;

  @BeforeAll
  static void prepareTheServer() {
    postgres = RealPostgres.shared(Version.NEWEST);
    postgres.createUser(USER, VERIFIER, Auth.SCRAM);
    postgres.createDatabase(DATABASE, USER);
    postgres.createUser("pgplane", "pencil", Auth.SCRAM);
    postgres.createDatabase("pgplane", "pgplane");
    postgres.createUser("pgplane_probe", "pencil", Auth.SCRAM);
  }

  /** The state of an earlier test would count. */
  @BeforeEach
  void emptyTheStore() {
    postgres.executeIn("pgplane", "DROP SCHEMA IF EXISTS pgplane CASCADE");
  }

  static Stream<Shown> shown() throws IOException {
    return Shown.all().stream();
  }

  @ParameterizedTest
  @MethodSource("shown")
  void startsAndLetsClientsInThroughEachListener(Shown configuration) throws IOException {
    List<ShownProcess> members = new ArrayList<>();
    try {
      int port = FreePort.next();
      for (int i = 0; i < configuration.members(); i++) {
        Path own = Files.createDirectories(directory.resolve("member-" + i));
        hazelcast(own, port);
        Map<String, String> environment = new HashMap<>(ENVIRONMENT);
        environment.put("HOSTNAME", "member-" + i);
        environment.put("PGPLANE_LOCAL_PORT", String.valueOf(FreePort.next()));
        members.add(new ShownProcess(configuration, own, postgres, environment));
      }
      members.forEach(member -> member.logInEverywhere(USER, PASSWORD, DATABASE));
    } finally {
      members.forEach(ShownProcess::close);
    }
  }

  /** The file for one machine is put in the place of that for Kubernetes, too. */
  private static void hazelcast(Path member, int port) throws IOException {
    String text = Files.readString(Path.of("conf/hazelcast.yaml"));
    String moved = text.replace("port: 5701", "port: " + port);
    assertThat(moved).isNotEqualTo(text);
    for (String place : List.of("conf/hazelcast.yaml", "etc/pgplane/hazelcast-kubernetes.yaml")) {
      Files.createDirectories(member.resolve(place).getParent());
      Files.writeString(member.resolve(place), moved);
    }
  }

  @Test
  void refusesToOverlookASnippet() {
    for (String page :
        List.of(
            "```\nroutes: []\n```\n",
            "```yaml\nrouts: []\n```\n",
            "```json\n{\"routes\": []}\n```\n",
            "```toml\na = 1\n```\n")) {
      assertThat(catchThrowable(() -> Shown.on("a page", page)))
          .as(page)
          .isInstanceOf(AssertionError.class);
    }
  }
}
