package io.pgplane.controlplane.revision;

import static io.pgplane.controlplane.revision.Samples.await;
import static io.pgplane.controlplane.revision.Samples.changes;
import static io.pgplane.controlplane.revision.Samples.put;
import static io.pgplane.controlplane.revision.Samples.user;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pgplane.config.Config;
import io.pgplane.config.Source;
import io.pgplane.controlplane.revision.ControlException.Kind;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class QuorumTest {
  private static final Config CONFIG = Samples.config(Source.CLUSTER, Samples.FILE, 2);

  private final Vertx vertx = Vertx.vertx();
  private final SharedLedger ledger = new SharedLedger(vertx, 2, new Random(0));
  private final SimulatedMember a = new SimulatedMember("a", vertx, ledger, CONFIG, new Random(0));
  private final SimulatedMember b = new SimulatedMember("b", vertx, ledger, CONFIG, new Random(0));

  @BeforeEach
  void start() {
    a.others = List.of(b);
    b.others = List.of(a);
    await(Future.all(a.start(), b.start()));
  }

  @AfterEach
  void close() {
    await(vertx.close());
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
