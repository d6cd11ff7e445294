package io.pgplane.controlplane.revision;

import static io.pgplane.controlplane.revision.Samples.await;
import static io.pgplane.controlplane.revision.Samples.changes;
import static io.pgplane.controlplane.revision.Samples.next;
import static io.pgplane.controlplane.revision.Samples.put;
import static io.pgplane.controlplane.revision.Samples.user;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.config.Config;
import io.pgplane.config.Source;
import io.pgplane.controlplane.revision.Revisions.Applied;
import io.vertx.core.Promise;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A member that has stopped, cannot take a state, or has a disk that does not answer. */
class TroubledMemberTest {
  private final Pair pair = new Pair(1);
  private final SharedLedger ledger = pair.ledger;
  private final SimulatedMember a = pair.a;
  private final SimulatedMember b = pair.b;

  @AfterEach
  void close() {
    pair.close();
  }

  @Test
  void takesNothingThatIsAnnouncedOnceItHasStopped() {
    await(b.revisions().stop());

    Applied applied = apply("bob");

    assertThat(applied.late()).singleElement().asString().contains("has stopped");
    assertThat(b.revisions().standing().revision()).isEqualTo(1);
  }

  @Test
  void takesItsOwnFileWhereTheStateOfAllCannotBeInForce() {
    b.cannotTake = next -> next.topology().user("bob").isPresent();
    apply("bob");

    await(b.revisions().local(Samples.config(Source.CLUSTER, Samples.FILE, 2)));

    Config taken = b.inForce.get(b.inForce.size() - 1);
    assertThat(taken.cluster().minimumMembers()).isEqualTo(2);
    assertThat(taken.topology().user("alice")).isPresent();
    assertThat(taken.topology().user("bob")).isEmpty();
    assertThat(b.revisions().standing().inForce()).isEqualTo(1);
    assertThat(b.revisions().standing().trouble()).isPresent();
  }

  @Test
  void tellsThatItsDiskDoesNotAnswerAndGoesOn() {
    Promise<Void> answer = Promise.promise();
    b.disk.answers = answer.future();

    Applied applied = apply("bob");
    Applied next = apply("carol");

    assertThat(applied.late()).singleElement().asString().contains("has not answered");
    assertThat(next.late()).singleElement().asString().contains("has not answered");
    assertThat(b.revisions().standing().inForce()).isEqualTo(3);
    assertThat(b.revisions().standing().stored()).isEqualTo(1);
    answer.complete();
    await(b.revisions().look());
    assertThat(b.revisions().standing().stored()).isEqualTo(3);
    assertThat(b.revisions().standing().trouble()).isEmpty();
  }

  @Test
  void writesBackWhatSomebodyHasOverwritten() {
    apply("bob");
    apply("carol");
    ledger.plant(2, "rubbish");

    await(a.revisions().look());

    assertThat(ledger.of("a").read(2).result()).map(Revision::number).contains(2L);
  }

  @Test
  void countsNothingAsStoredOrInForceThatItHasGivenUp() {
    State before = b.revisions().state();
    apply("bob");
    Revision other = next(before, "made elsewhere", put(Table.USERS, user("carol")));
    ledger.plant(2, other.text());
    b.disk.failing = true;
    b.cannotTake = next -> true;

    await(b.revisions().look());

    assertThat(b.revisions().standing().digest()).isEqualTo(other.digest());
    assertThat(b.revisions().standing().stored()).isZero();
    assertThat(b.revisions().standing().inForce()).isZero();
  }

  private Applied apply(String user) {
    return await(a.revisions().apply(changes(put(Table.USERS, user(user)))));
  }
}
