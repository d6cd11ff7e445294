package io.pgplane.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.testkit.Certificates;
import io.pgplane.testkit.Certificates.Issued;
import io.pgplane.testkit.Certificates.KeyType;
import io.pgplane.testkit.MemberProcess;
import io.pgplane.testkit.OneCluster;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.Setup;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(OneCluster.class)
class EventBusTlsIT {
  private static final int UNAVAILABLE = 503;

  @TempDir private Path directory;

  private final Setup setup = Setup.on(Version.NEWEST);

  @Test
  void letsMembersTalkWhoseCertificatesOneAuthorityHasSigned() throws Exception {
    Certificates ours = authority("ours");
    Certificates others = authority("others");
    List<MemberProcess> members = MemberProcess.of(setup, directory, 2);
    MemberProcess one = members.get(0).busTls(issued(ours), ours.ca());
    MemberProcess other = members.get(1).busTls(issued(ours), ours.ca());
    try {
      MemberProcess.started(members);

      HttpResponse<String> change = one.putUser("first");

      assertThat(change.statusCode()).as(change.body()).isEqualTo(200);
      assertThat(new JsonObject(change.body()).getJsonArray("late")).isEmpty();

      other.terminate();
      other.busTls(issued(others), others.ca()).start().awaitReady();
      assertThat(one.putUser("second").statusCode()).isEqualTo(UNAVAILABLE);
    } finally {
      members.forEach(MemberProcess::close);
    }
  }

  private Certificates authority(String name) throws Exception {
    return Certificates.in(Files.createDirectory(directory.resolve(name)));
  }

  private static Issued issued(Certificates authority) {
    return authority.server("member", KeyType.EC_P256, "127.0.0.1");
  }
}
