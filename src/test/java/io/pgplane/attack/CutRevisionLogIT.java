package io.pgplane.attack;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.testkit.MemberProcess;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.Setup;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Somebody who can write the data directory takes back a change, such as the removal of a user. */
class CutRevisionLogIT {
  @TempDir private Path directory;

  @Test
  void aMemberDoesNotStartWithALogThatLacksItsLastRevisions() throws Exception {
    try (MemberProcess member =
        MemberProcess.started(Setup.on(Version.NEWEST), directory, 1).get(0)) {
      Path log = directory.resolve("member1/data/revisions.log");
      assertThat(member.putUser("mallory").statusCode()).isEqualTo(200);
      byte[] withMallory = Files.readAllBytes(log);
      assertThat(member.delete("/v1/users/mallory").statusCode()).isEqualTo(200);
      member.terminate();
      byte[] whole = Files.readAllBytes(log);

      Files.write(log, withMallory);
      assertThat(member.start().awaitEnd()).isNotZero();
      assertThat(member.log()).containsPattern("it ends with revision 2, but had revision 3 once");

      Files.write(log, whole);
      member.start().awaitReady();
      assertThat(member.get("/v1/users/mallory").statusCode()).isEqualTo(404);
    }
  }
}
