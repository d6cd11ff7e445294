package io.pgplane.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.testkit.MemberProcess;
import io.pgplane.testkit.OneCluster;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.Setup;
import io.pgplane.testkit.SteadyLogins;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** As many members as may lose two at once. */
@Timeout(value = 4, unit = TimeUnit.MINUTES)
@ExtendWith(OneCluster.class)
class FiveMembersIT {
  @TempDir Path directory;

  private List<MemberProcess> members = List.of();

  @BeforeEach
  void start() throws IOException {
    members = MemberProcess.started(Setup.on(Version.NEWEST), directory, 5);
  }

  @AfterEach
  void stop() {
    members.forEach(MemberProcess::close);
  }

  @Test
  void goOnWithoutTwoOfThemTheOldestOneIncluded() throws Exception {
    Together together = new Together(members);
    members.forEach(together::change);
    MemberProcess oldest = together.oldest(members.get(0));
    List<MemberProcess> left = new ArrayList<>(members);
    left.remove(oldest);
    MemberProcess another = left.remove(0);
    try (SteadyLogins logins = SteadyLogins.at(left)) {
      oldest.kill();
      another.kill();
      left.forEach(together::change);
      another.start();
      oldest.start().awaitReady();
      another.awaitReady();

      together.awaitAgreement();
      members.forEach(together::change);
      together.awaitAgreement();
      left.forEach(logins::awaitSome);
      assertThat(logins.failures()).isEmpty();
    }
  }
}
