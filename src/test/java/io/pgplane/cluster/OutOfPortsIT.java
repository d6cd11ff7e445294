package io.pgplane.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.testkit.Await;
import io.pgplane.testkit.Machines;
import io.pgplane.testkit.MemberProcess;
import io.pgplane.testkit.OneCluster;
import io.pgplane.testkit.RawLogin;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.ScriptedClient;
import io.pgplane.testkit.Setup;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A machine with very few ports for connections that begin there, all of them in use. */
@ExtendWith(OneCluster.class)
class OutOfPortsIT {
  private static final int PORTS = 64;
  private static final int MORE_THAN_OPEN_A_CIRCUIT = 10;

  @TempDir Path directory;

  private Machines machines = Machines.none();
  private List<MemberProcess> members = List.of();
  private AutoCloseable ways = () -> {};

  @BeforeEach
  void start() throws IOException {
    machines = Machines.of(1);
    members = MemberProcess.at(Setup.on(Version.NEWEST), directory, machines.places());
    ways = machines.lead(directory, members);
    MemberProcess.started(members);
  }

  @AfterEach
  void stop() throws Exception {
    members.forEach(MemberProcess::close);
    ways.close();
    machines.close();
  }

  @Test
  void isToldToClientsAndBlamedOnNoServer() throws Exception {
    MemberProcess member = members.get(0);
    assertThat(outcome(member)).isEqualTo("logged in");
    machines.leavePorts(0, PORTS);
    machines.holdPorts(0, member.setup().postgres().port(), PORTS);
    Await.until("it is out of ports", () -> outcome(member).contains("it is out of ports"));
    for (int i = 0; i < MORE_THAN_OPEN_A_CIRCUIT; i++) {
      assertThat(outcome(member)).startsWith("57P03 ").endsWith("it is out of ports");
    }
    machines.releasePorts();

    Await.until("there are ports again", () -> outcome(member).equals("logged in"));
    assertThat(member.log()).doesNotContain("circuit is open");
  }

  private static String outcome(MemberProcess member) throws IOException {
    try (ScriptedClient client = member.connect()) {
      member.login(client);
      return "logged in";
    } catch (RawLogin.Refused refused) {
      return refused.error().field('C') + " " + refused.error().field('M');
    }
  }
}
