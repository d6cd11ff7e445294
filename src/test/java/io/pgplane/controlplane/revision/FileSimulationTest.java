package io.pgplane.controlplane.revision;

import static io.pgplane.controlplane.revision.Samples.await;
import static io.pgplane.controlplane.revision.Samples.user;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.config.Documents;
import io.pgplane.config.Source;
import io.pgplane.controlplane.revision.ControlException.Kind;
import io.pgplane.testkit.Await;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Three members with {@code topology.source: file}. Their files change at any time, also two at
 * once, and the members are killed at any call, also in the middle of a push.
 */
class FileSimulationTest {
  private static final int MEMBERS = 3;
  private static final int QUORUM = 2;
  private static final int CONTENTS = 6;
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final Vertx vertx = Vertx.vertx();
  private final List<SimulatedMember> members = new ArrayList<>();
  private Random random = new Random(0);
  private SharedLedger ledger = new SharedLedger(vertx, QUORUM, random);
  private int edits;

  @AfterEach
  void close() {
    await(vertx.close());
  }

  @ParameterizedTest
  @CsvSource({"1, true", "2, true", "3, true", "4, false", "5, false", "6, false"})
  void agreeInTheEndAndRestartsInAnyOrderChangeNothing(long seed, boolean stores) {
    begin(seed);

    for (int round = 0; round < 30; round++) {
      members.forEach(member -> member.danger = random.nextBoolean() ? 100 : 0);
      List<Future<?>> begun = new ArrayList<>();
      for (int i = 0; i <= random.nextInt(2); i++) {
        begun.add(act(members.get(random.nextInt(MEMBERS))));
      }
      Await.until(
          "the round is over",
          PATIENCE,
          () -> {
            members.stream()
                .filter(SimulatedMember::isDead)
                .forEach(member -> restart(member, stores));
            return begun.stream().allMatch(Future::isComplete);
          });
    }

    calm(stores);
    long before = awaitAgreement();
    Documents inForce = members.get(0).revisions().state().documents();
    for (int round = 0; round < 3; round++) {
      Collections.shuffle(members, random);
      for (SimulatedMember member : members) {
        member.kill();
        restart(member, stores);
        awaitAgreement();
      }
    }
    assertThat(awaitAgreement()).isEqualTo(before);
    assertThat(members.get(0).revisions().state().documents()).isEqualTo(inForce);
    assertThat(changingRevisions()).isLessThanOrEqualTo(edits + 1L);
    for (SimulatedMember member : members) {
      assertThat(member.revisions().filesDiffer()).isEqualTo(anyFileDiffers(inForce));
    }
  }

  private void begin(long seed) {
    random = new Random(seed);
    ledger = new SharedLedger(vertx, QUORUM, random);
    for (int i = 0; i < MEMBERS; i++) {
      members.add(
          new SimulatedMember(
              "m" + i, vertx, ledger, Samples.config(Source.FILE, Samples.FILE, QUORUM), random));
    }
    members.forEach(
        member -> member.others = members.stream().filter(other -> !other.equals(member)).toList());
    members.forEach(member -> restart(member, true));
    awaitAgreement();
    ledger.trouble = 40;
  }

  /** Completed when it is done, or the member is dead. */
  private Future<?> act(SimulatedMember member) {
    if (random.nextInt(4) == 0) {
      member.kill();
    }
    if (random.nextInt(3) > 0) {
      edits++;
      member.config = Samples.config(Source.FILE, content(random.nextInt(CONTENTS)), QUORUM);
    }
    return member.isDead()
        ? Future.succeededFuture()
        : Future.any(member.revisions().local(member.config).otherwiseEmpty(), member.death());
  }

  private void restart(SimulatedMember member, boolean store) {
    boolean alone = members.stream().allMatch(SimulatedMember::isDead);
    if (!store && !alone) {
      member.disk.wipe();
    }
    member
        .start()
        .compose(begun -> member.revisions().follow())
        .onFailure(
            e -> {
              if (ControlException.is(e, Kind.DIVERGED)) {
                member.kill();
                member.disk.wipe();
                restart(member, store);
              }
            });
  }

  private void calm(boolean stores) {
    ledger.trouble = 0;
    ledger.cut(Set.of());
    members.forEach(member -> member.danger = 0);
    members.stream().filter(SimulatedMember::isDead).forEach(member -> restart(member, stores));
  }

  /** The revision that all have, and still have after more looks. */
  private long awaitAgreement() {
    List<String> last = new ArrayList<>();
    Await.until(
        "all agree for three rounds of looks",
        PATIENCE,
        () -> {
          members.forEach(member -> await(member.revisions().look()));
          List<Standing> standings =
              members.stream().map(member -> member.revisions().standing()).toList();
          last.add(standings.get(0).digest());
          boolean agree =
              standings.stream()
                  .allMatch(
                      one ->
                          one.digest().equals(last.get(last.size() - 1))
                              && one.inForce() == one.revision()
                              && one.trouble().isEmpty());
          if (!agree) {
            last.clear();
          }
          return last.size() >= 3 && Set.copyOf(last).size() == 1;
        });
    return members.get(0).revisions().state().number();
  }

  private long changingRevisions() {
    return await(members.get(0).revisions().read(History::kept)).stream()
        .filter(revision -> !revision.changes().isEmpty())
        .count();
  }

  private boolean anyFileDiffers(Documents inForce) {
    return members.stream().anyMatch(member -> !member.config.documents().equals(inForce));
  }

  private static Documents content(int number) {
    Map<String, String> users = new HashMap<>(Samples.FILE.users());
    for (int i = 0; i < number; i++) {
      users.put("user" + i, user("user" + i).encode());
    }
    return new Documents(users, Samples.FILE.routes(), Samples.FILE.backends());
  }
}
