package io.pgplane.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.testkit.Await;
import io.pgplane.testkit.BackendKey;
import io.pgplane.testkit.Machines;
import io.pgplane.testkit.MemberProcess;
import io.pgplane.testkit.Message;
import io.pgplane.testkit.OneCluster;
import io.pgplane.testkit.Packets;
import io.pgplane.testkit.RealPostgres.Version;
import io.pgplane.testkit.ScriptedClient;
import io.pgplane.testkit.Setup;
import io.pgplane.testkit.SteadyLogins;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Three machines, of which one is cut off from the others while clients reach all of them. */
@Timeout(value = 4, unit = TimeUnit.MINUTES)
@ExtendWith(OneCluster.class)
class CutOffMemberIT {
  @TempDir Path directory;

  private final List<ScriptedClient> sessions = new ArrayList<>();
  private Machines machines = Machines.none();
  private List<MemberProcess> members = List.of();
  private Together together = new Together(members);
  private AutoCloseable ways = () -> {};

  @BeforeEach
  void start() throws IOException {
    machines = Machines.of(3);
    members = MemberProcess.at(Setup.on(Version.NEWEST), directory, machines.places());
    together = new Together(members);
    ways = machines.lead(directory, members);
    MemberProcess.started(members);
  }

  @AfterEach
  void stop() throws Exception {
    for (ScriptedClient session : sessions) {
      session.close();
    }
    members.forEach(MemberProcess::close);
    ways.close();
    machines.close();
  }

  @Test
  void servesOnTakesNoChangesAndAgreesAgain() throws Exception {
    for (MemberProcess member : members) {
      ScriptedClient session = member.connect();
      sessions.add(session);
      member.login(session);
    }
    try (SteadyLogins logins = SteadyLogins.at(members)) {
      MemberProcess oldest = together.oldest(members.get(0));
      cutOffAndBack((members.indexOf(oldest) + 1) % 3, logins);
      assertThat(together.oldest(members.get(0))).isSameAs(oldest);
      cutOffAndBack(members.indexOf(oldest), logins);

      assertThat(logins.failures()).isEmpty();
    }
  }

  private void cutOffAndBack(int number, SteadyLogins logins) throws Exception {
    MemberProcess apart = members.get(number);
    together.change(apart);
    try (ScriptedClient busy = apart.connect()) {
      BackendKey key = apart.login(busy).key();
      busy.send(Packets.query("SELECT pg_sleep(600)"));

      machines.unplug(number);
      // Nobody has noticed yet; the number may be given to both changes.
      CompletableFuture<Integer> early = CompletableFuture.supplyAsync(() -> put(apart));
      together.change(members.get((number + 1) % 3));
      together.change(members.get((number + 2) % 3));
      Await.until("it knows", Together.PATIENCE, () -> apart.standing().containsKey("trouble"));

      assertThat(early.join()).isNotEqualTo(200);
      HttpResponse<String> refusal = apart.putUser("late");
      assertThat(refusal.statusCode()).isEqualTo(503);
      assertThat(refusal.body()).contains("cluster.minimumMembers");
      Instant inStep = inStep(apart);
      members.forEach(logins::awaitSome);
      assertSessionsGoOn();
      cancel(apart, key);
      assertThat(busy.readUntil('Z')).extracting(Message::type).contains('E');
      assertThat(inStep(apart)).isEqualTo(inStep);
    }
    Instant healed = Instant.now();

    machines.plugIn(number);

    together.awaitAgreement();
    assertThat(inStep(apart)).isAfter(healed);
    together.change(apart);
    together.awaitAgreement();
    assertSessionsGoOn();
  }

  private static int put(MemberProcess member) {
    try {
      return member.putUser("early").statusCode();
    } catch (IOException | InterruptedException e) {
      return 0;
    }
  }

  private static Instant inStep(MemberProcess member) throws IOException, InterruptedException {
    return Instant.parse(member.standing().getString("inStep"));
  }

  private void assertSessionsGoOn() throws IOException {
    for (ScriptedClient session : sessions) {
      session.send(Packets.query("SELECT 1"));
      assertThat(session.readUntil('Z'))
          .extracting(Message::type)
          .contains('D')
          .doesNotContain('E');
    }
  }

  private static void cancel(MemberProcess at, BackendKey key) throws IOException {
    try (ScriptedClient canceller = at.connect()) {
      canceller.send(Packets.cancelRequest(key));
      canceller.expectEnd();
    }
  }
}
