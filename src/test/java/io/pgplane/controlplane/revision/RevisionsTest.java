package io.pgplane.controlplane.revision;

import static io.pgplane.controlplane.revision.Samples.await;
import static io.pgplane.controlplane.revision.Samples.changes;
import static io.pgplane.controlplane.revision.Samples.delete;
import static io.pgplane.controlplane.revision.Samples.dry;
import static io.pgplane.controlplane.revision.Samples.expecting;
import static io.pgplane.controlplane.revision.Samples.put;
import static io.pgplane.controlplane.revision.Samples.user;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pgplane.config.HiddenSecrets;
import io.pgplane.config.Problem;
import io.pgplane.config.Source;
import io.pgplane.controlplane.revision.ControlException.Kind;
import io.pgplane.controlplane.revision.Revisions.Applied;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RevisionsTest {
  private final Pair pair = new Pair(1);
  private final SharedLedger ledger = pair.ledger;
  private final SimulatedMember a = pair.a;
  private final SimulatedMember b = pair.b;

  @AfterEach
  void close() {
    pair.close();
  }

  @Test
  void beginsWithWhatTheFileSays() {
    assertThat(a.revisions().state().documents()).isEqualTo(Samples.FILE);
    assertThat(b.revisions().standing().digest()).isEqualTo(a.revisions().standing().digest());
    assertThat(a.revisions().standing().revision()).isEqualTo(1);
  }

  @Test
  void hasAChangeInForceAndStoredAtAllMembersOnceItIsAcknowledged() {
    Applied applied = apply(changes(put(Table.USERS, user("bob"))));

    assertThat(applied.revision()).isEqualTo(2);
    assertThat(applied.late()).isEmpty();
    for (SimulatedMember member : List.of(a, b)) {
      assertThat(member.revisions().standing().stored()).isEqualTo(2);
      assertThat(member.inForce.get(0).topology().user("bob")).isPresent();
    }
  }

  @Test
  void changesNothingInADryRunAndForWhatIsSoAlready() {
    Applied dry = apply(dry(changes(put(Table.USERS, user("bob")))));
    Applied same = apply(changes(put(Table.USERS, user("alice"))));

    assertThat(dry.changes()).hasSize(1);
    assertThat(dry.revision()).isEqualTo(1);
    assertThat(same.changes()).isEmpty();
    assertThat(same.revision()).isEqualTo(1);
    assertThat(a.revisions().state().number()).isEqualTo(1);
  }

  @Test
  void refusesAStaleChangeAndTellsTheCurrentRevision() {
    apply(changes(put(Table.USERS, user("bob"))));

    ControlException refused = refusal(expecting(1, changes(delete(Table.USERS, "bob"))));

    assertThat(refused.kind()).isEqualTo(Kind.STALE);
    assertThat(refused.currentRevision()).isEqualTo(OptionalLong.of(2));
  }

  @Test
  void refusesAPasswordThatIsOnlyTheSignForAHiddenOne() {
    ControlException refused =
        refusal(
            changes(
                put(
                    Table.USERS,
                    user("eve").put("password", HiddenSecrets.HIDDEN).putNull("secret"))));

    assertThat(refused.problems())
        .extracting(Problem::path)
        .containsExactly("changes[0].document.password");
  }

  @Test
  void rollsBackAsANewRevision() {
    apply(changes(put(Table.USERS, user("bob"))));

    Applied back = await(a.revisions().rollback(1, changes()));

    assertThat(back.revision()).isEqualTo(3);
    assertThat(b.revisions().state().documents()).isEqualTo(Samples.FILE);
  }

  @Test
  void storesAllOfItOnceTheDiskIsWellAgain() {
    a.disk.failing = true;
    Applied applied = apply(changes(put(Table.USERS, user("bob"))));
    apply(changes(put(Table.USERS, user("carol"))));

    assertThat(applied.late()).singleElement().asString().contains("the disk is full");
    a.disk.failing = false;
    for (int look = 0; look < 10; look++) {
      await(a.revisions().look());
    }
    assertThat(a.revisions().standing().stored()).isEqualTo(3);
    assertThat(a.revisions().standing().trouble()).isEmpty();
    a.kill();
    b.kill();
    await(a.start());
    assertThat(a.revisions().state().find(Table.USERS, "carol")).isPresent();
  }

  @Test
  void goesOnWithWhatIsInForceWhereANewOneCannotBe() {
    b.refusal = Optional.of(new IllegalStateException("a file is missing"));

    Applied applied = apply(changes(put(Table.USERS, user("bob"))));

    assertThat(applied.late()).singleElement().asString().contains("a file is missing");
    assertThat(b.revisions().standing().inForce()).isEqualTo(1);
    b.refusal = Optional.empty();
    await(b.revisions().look());
    assertThat(b.revisions().standing().inForce()).isEqualTo(2);
    assertThat(b.revisions().standing().trouble()).isEmpty();
  }

  @Test
  void hasNoTroubleWhereOnlyAFileOfItsOwnCouldNotBeTaken() {
    a.refusal = Optional.of(new IllegalStateException("no such port"));

    Future<Void> taken = a.revisions().local(Samples.config(Source.CLUSTER, Samples.FILE, 2));

    assertThat(catchThrowableOfType(IllegalStateException.class, () -> await(taken))).isNotNull();
    assertThat(a.revisions().standing().trouble()).isEmpty();
  }

  @Test
  void endsOnlySessionsThatHaveBegunBeforeTheRevision() {
    b.kill();
    apply(ending("alice", changes(put(Table.USERS, user("bob")))));
    assertThat(a.ended).containsExactly("alice");

    await(b.start());
    apply(changes(put(Table.USERS, user("carol"))));

    assertThat(b.ended).isEmpty();
  }

  @Test
  void servesOnWhenTheClusterIsLost() {
    ledger.cut(Set.of("b"));

    await(b.revisions().look());

    assertThat(b.revisions().standing().inForce()).isEqualTo(1);
    assertThat(b.inForce).isEmpty();
    assertThat(b.revisions().standing().trouble()).contains("out of reach");
  }

  private static ChangeSet ending(String user, ChangeSet set) {
    return new ChangeSet(
        set.expectedRevision(), set.author(), set.comment(), false, Set.of(user), set.edits());
  }

  private Applied apply(ChangeSet set) {
    return await(a.revisions().apply(set));
  }

  private ControlException refusal(ChangeSet set) {
    return catchThrowableOfType(ControlException.class, () -> apply(set));
  }
}
