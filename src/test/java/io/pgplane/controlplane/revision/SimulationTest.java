package io.pgplane.controlplane.revision;

import static io.pgplane.controlplane.revision.Samples.await;
import static io.pgplane.controlplane.revision.Samples.changes;
import static io.pgplane.controlplane.revision.Samples.delete;
import static io.pgplane.controlplane.revision.Samples.put;
import static io.pgplane.controlplane.revision.Samples.user;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.config.Config;
import io.pgplane.config.Source;
import io.pgplane.controlplane.revision.ControlException.Kind;
import io.pgplane.controlplane.revision.Revisions.Applied;
import io.pgplane.testkit.Await;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Members that fail in all ways, over a ledger that does. What they are made to do depends on the
 * seed; the threads add an order of their own.
 */
class SimulationTest {
  private static final int MEMBERS = 3;
  private static final int QUORUM = 2;

  private final Vertx vertx = Vertx.vertx();
  private final List<SimulatedMember> members = new ArrayList<>();

  /** The comments of changes, and the revisions as which they were acknowledged. */
  private final Map<String, Long> acknowledged = new ConcurrentHashMap<>();

  private Random random = new Random(0);
  private SharedLedger ledger = new SharedLedger(vertx, QUORUM, random);
  private int changes;

  @AfterEach
  void close() {
    await(vertx.close());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void losesNothingThatWasAcknowledgedWhereMembersAreKilledAtAnyMoment(long seed) {
    begin(seed);
    members.forEach(member -> member.danger = 300);

    for (int round = 0; round < 40; round++) {
      changeAtOnce();
      members.stream().filter(SimulatedMember::isDead).forEach(this::restart);
    }

    checkAgreement();
    assertThat(acknowledged.size()).isGreaterThan(5);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void losesNothingWhereAllAreKilledAtOnceAndComeBackInAnyOrder(long seed) {
    begin(seed);

    for (int round = 0; round < 10; round++) {
      changeAtOnce();
      killAllIn(startChanges());
      Collections.shuffle(members, random);
      members.forEach(this::restart);
    }

    checkAgreement();
    assertThat(acknowledged.size()).isGreaterThan(5);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void losesNothingInPartitions(long seed) {
    begin(seed);

    for (int round = 0; round < 20; round++) {
      ledger.cut(Set.of(anyone().name));
      changeAtOnce();
      if (random.nextBoolean()) {
        SimulatedMember killed = anyone();
        killed.kill();
        changeAtOnce();
        restart(killed);
      }
      ledger.cut(Set.of());
    }

    checkAgreement();
    assertThat(acknowledged.size()).isGreaterThan(5);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void fillsWhatTheLedgerLosesFromTheMembers(long seed) {
    begin(seed);

    for (int round = 0; round < 20; round++) {
      changeAtOnce();
      List<Long> numbers = List.copyOf(ledger.numbers());
      if (!numbers.isEmpty()) {
        ledger.lose(numbers.get(random.nextInt(numbers.size())));
      }
      if (random.nextInt(4) == 0) {
        SimulatedMember wiped = anyone();
        wiped.kill();
        restart(wiped);
      }
    }

    checkAgreement();
    assertThat((long) ledger.numbers().size())
        .isEqualTo(members.get(0).revisions().state().number());
    assertThat(acknowledged.size()).isGreaterThan(5);
  }

  private void begin(long seed) {
    random = new Random(seed);
    ledger = new SharedLedger(vertx, QUORUM, random);
    Config config = Samples.config(Source.CLUSTER, Samples.FILE, QUORUM);
    for (int i = 0; i < MEMBERS; i++) {
      members.add(new SimulatedMember("m" + i, vertx, ledger, config, random));
    }
    members.forEach(
        member -> member.others = members.stream().filter(other -> !other.equals(member)).toList());
    await(Future.all(members.stream().map(SimulatedMember::start).toList()));
    ledger.trouble = 40;
  }

  private SimulatedMember anyone() {
    return members.get(random.nextInt(members.size()));
  }

  private void changeAtOnce() {
    for (Future<Optional<Applied>> change : startChanges()) {
      await(change);
    }
  }

  /** What was acknowledged of each; nothing if it failed, or its member died. */
  private List<Future<Optional<Applied>>> startChanges() {
    List<Future<Optional<Applied>>> started = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      SimulatedMember member = anyone();
      if (!member.isDead()) {
        String comment = "change " + changes++;
        Future<Applied> change = member.revisions().apply(change(comment));
        change.onSuccess(
            applied -> {
              if (!applied.changes().isEmpty()) {
                acknowledged.put(comment, applied.revision());
              }
            });
        started.add(
            Future.any(change.map(Optional::of).otherwise(Optional.empty()), member.death())
                .map(done -> change.succeeded() ? Optional.of(change.result()) : Optional.empty()));
      }
    }
    return started;
  }

  private ChangeSet change(String comment) {
    String name = "user" + random.nextInt(5);
    return random.nextInt(4) == 0
        ? changes(comment, put(Table.USERS, user(name)), delete(Table.USERS, name))
        : changes(
            comment, put(Table.USERS, user(name).put("connectionLimit", 1 + random.nextInt(1000))));
  }

  private void killAllIn(List<Future<Optional<Applied>>> changes) {
    // An empty disk is one copy less, until it is filled again.
    Await.until(
        "no disk is empty",
        () -> {
          members.forEach(member -> await(member.revisions().look()));
          return members.stream().noneMatch(SimulationTest::isEmpty);
        });
    await(changes.get(random.nextInt(changes.size())));
    members.forEach(SimulatedMember::kill);
  }

  private static boolean isEmpty(SimulatedMember member) {
    return await(member.disk.load()).isEmpty();
  }

  /** Whoever is told that it has diverged gets an empty disk, as the message says. */
  private void restart(SimulatedMember member) {
    Future<?> started = member.start();
    started.onFailure(
        e -> {
          if (e instanceof ControlException reason && reason.kind() == Kind.DIVERGED) {
            member.kill();
            member.disk.wipe();
            restart(member);
          }
        });
  }

  private void checkAgreement() {
    ledger.trouble = 0;
    ledger.cut(Set.of());
    for (SimulatedMember member : members) {
      member.danger = 0;
      if (member.isDead()) {
        restart(member);
      }
    }
    Await.until(
        "all agree",
        () -> {
          members.forEach(member -> await(member.revisions().look()));
          return members.stream()
                  .map(member -> member.revisions().standing())
                  .map(standing -> standing.digest() + standing.trouble())
                  .distinct()
                  .count()
              == 1;
        });
    for (SimulatedMember member : members) {
      Standing standing = member.revisions().standing();
      assertThat(standing.trouble()).isEmpty();
      assertThat(standing.stored()).isEqualTo(standing.revision());
      assertThat(standing.inForce()).isEqualTo(standing.revision());
      History history = await(member.revisions().read(all -> all));
      acknowledged.forEach(
          (comment, number) -> {
            if (number > 0 && history.find(number).isPresent()) {
              assertThat(history.find(number).orElseThrow().author().comment()).isEqualTo(comment);
            } else {
              assertThat(number).isLessThanOrEqualTo(history.base().number());
            }
          });
    }
  }
}
