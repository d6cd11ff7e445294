package io.pgplane.controlplane.revision;

import static io.pgplane.controlplane.revision.Samples.await;
import static io.pgplane.controlplane.revision.Samples.changes;
import static io.pgplane.controlplane.revision.Samples.put;
import static io.pgplane.controlplane.revision.Samples.user;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pgplane.controlplane.revision.ControlException.Kind;
import io.pgplane.controlplane.revision.Revisions.Applied;
import io.pgplane.testkit.Await;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class QuorumTest {
  private final Pair pair = new Pair(2);
  private final SharedLedger ledger = pair.ledger;
  private final SimulatedMember a = pair.a;
  private final SimulatedMember b = pair.b;

  @AfterEach
  void close() {
    pair.close();
  }

  @Test
  void acknowledgesNothingThatFewerMembersHaveStoredThanMustBeThere() {
    b.disk.failing = true;

    ControlException refused = refusal();

    assertThat(refused.kind()).isEqualTo(Kind.UNAVAILABLE);
    assertThat(refused)
        .hasMessageContaining("revision 2 is committed, but fewer than 2 members have it stored")
        .hasMessageContaining("b: ")
        .hasMessageContaining("the disk is full");
    assertThat(a.revisions().standing().inForce()).isEqualTo(2);
  }

  /** Who is there is looked at once a second. */
  @Test
  void countsAMemberThatHasJustComeThoughItIsNotKnownYet() {
    a.others = List.of();
    Future<Applied> change = a.revisions().apply(changes(put(Table.USERS, user("bob"))));
    Await.until("it is committed", () -> a.revisions().state().number() == 2);

    a.others = List.of(b);

    assertThat(await(change).late()).isEmpty();
    assertThat(b.revisions().state().number()).isEqualTo(2);
  }

  @Test
  void commitsNothingBeforeSoManyMembersHaveBroughtInWhatTheyKnow() {
    await(a.revisions().apply(changes(put(Table.USERS, user("bob")))));
    ledger.lose();
    ledger.join("c, which has not met the others");
    ledger.leave("b");

    ControlException refused = refusal();

    assertThat(refused.kind()).isEqualTo(Kind.UNAVAILABLE);
    assertThat(refused).hasMessageContaining("fewer than 2 members");
    assertThat(a.revisions().state().number()).isEqualTo(2);
  }

  @Test
  void isNotInStepBeforeSoManyMembersHaveBroughtInWhatTheyKnow() {
    ledger.lose();
    ledger.join("c, which has not met the others");
    ledger.leave("b");
    Instant before = a.revisions().standing().inStep();

    await(a.revisions().look());

    assertThat(a.revisions().standing().inStep()).isEqualTo(before);
    assertThat(a.revisions().standing().trouble())
        .hasValueSatisfying(why -> assertThat(why).contains("fewer than 2 members"));
  }

  private ControlException refusal() {
    return catchThrowableOfType(
        ControlException.class,
        () -> await(a.revisions().apply(changes(put(Table.USERS, user("eve"))))));
  }
}
