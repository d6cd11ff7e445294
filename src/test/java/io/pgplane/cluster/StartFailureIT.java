package io.pgplane.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.testkit.MemberProcess;
import io.pgplane.testkit.OneCluster;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.Setup;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A member that cannot use the address or the port at which the others would reach it. */
@ExtendWith(OneCluster.class)
class StartFailureIT {
  @TempDir private Path directory;

  private MemberProcess member;

  @BeforeEach
  void prepare() throws IOException {
    member = MemberProcess.of(Setup.on(Version.NEWEST), directory, 2).get(0);
  }

  @Test
  void portOfHazelcastThatIsTakenIsReportedInOneLineWithItsKey() throws Exception {
    InetAddress here = InetAddress.getLoopbackAddress();
    int port = member.clusterPorts().get(0);
    try (ServerSocket taken = new ServerSocket(port, 1, here)) {
      assertThat(taken.isBound()).isTrue();

      assertEndsWith("cluster.hazelcast: Cannot bind to a given address");
    }
  }

  @Test
  void addressOfAnotherMachineIsReportedInOneLineWithItsKey() throws Exception {
    member.edit(text -> text.replace("host: 127.0.0.1\n  minimum", "host: 192.0.2.1\n  minimum"));

    assertEndsWith("cluster.host: the event bus cannot listen there: ");
  }

  @Test
  void portOfTheEventBusThatIsTakenIsReportedInOneLineWithItsKey() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String busPort = "cluster:\n  busPort: " + taken.getLocalPort() + "\n";
      member.edit(text -> text.replace("cluster:\n", busPort));

      assertEndsWith("cluster.busPort: the event bus cannot listen there: ");
    }
  }

  private void assertEndsWith(String line) throws Exception {
    int status = member.start().awaitEnd();

    assertThat(status).isEqualTo(1);
    assertThat(member.log().lines()).last().asString().startsWith(line);
    assertThat(member.log()).doesNotContain("ERROR").doesNotContain("Exception");
  }
}
