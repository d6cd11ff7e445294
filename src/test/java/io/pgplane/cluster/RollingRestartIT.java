package io.pgplane.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.testkit.Await;
import io.pgplane.testkit.Exposition;
import io.pgplane.testkit.LoadBalancer;
import io.pgplane.testkit.MemberProcess;
import io.pgplane.testkit.OneCluster;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.Setup;
import io.pgplane.testkit.SteadyLogins;
import io.pgplane.testkit.SteadyLogins.Failed;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Three members behind a load balancer, which come and go. */
@Timeout(value = 4, unit = TimeUnit.MINUTES)
@ExtendWith(OneCluster.class)
class RollingRestartIT {
  private static final int CLIENTS = 4;

  @TempDir Path directory;

  private List<MemberProcess> members = List.of();

  @AfterEach
  void stop() {
    members.forEach(MemberProcess::close);
  }

  @Test
  void losesNoLoginWhereMembersDrainAndNoneButItsOwnWhereOneDies() throws Exception {
    members = MemberProcess.of(Setup.on(Version.NEWEST), directory, 3);
    Together together = new Together(members);
    try (LoadBalancer balancer = LoadBalancer.before(members, directory);
        SteadyLogins logins = startedAt(balancer)) {
      for (MemberProcess member : members) {
        awaitClients(member);

        assertThat(member.terminate()).isZero();

        together.change(members.get((members.indexOf(member) + 1) % members.size()));
        member.start().awaitReady();
        awaitClients(member);
      }
      together.awaitAgreement();
      assertThat(logins.failures()).isEmpty();

      members.get(0).kill();
      Instant dead = Instant.now();
      for (int i = 0; i < members.size(); i++) {
        logins.awaitSome(balancer);
      }

      assertThat(logins.failures())
          .hasSizeLessThanOrEqualTo(CLIENTS)
          .extracting(Failed::begun)
          .allSatisfy(begun -> assertThat(begun).isBefore(dead));
    }
  }

  private SteadyLogins startedAt(LoadBalancer balancer) throws IOException {
    MemberProcess.started(members);
    Await.until("the balancer has seen that one is ready", () -> letsIn(balancer));
    return SteadyLogins.at(Collections.nCopies(CLIENTS, balancer));
  }

  private static boolean letsIn(LoadBalancer balancer) {
    try {
      balancer.jdbc().close();
      return true;
    } catch (SQLException e) {
      return false;
    }
  }

  /** The balancer sends it some. */
  private static void awaitClients(MemberProcess member) {
    Await.until(
        "clients at " + member.name(),
        Together.PATIENCE,
        () -> Exposition.parse(member.get("/metrics").body()).sum("pgplane_logins_total") > 0);
  }
}
