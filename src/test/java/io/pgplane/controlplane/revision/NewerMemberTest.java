package io.pgplane.controlplane.revision;

import static io.pgplane.controlplane.revision.Samples.await;
import static io.pgplane.controlplane.revision.Samples.changes;
import static io.pgplane.controlplane.revision.Samples.put;
import static io.pgplane.controlplane.revision.Samples.user;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.config.Source;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a member of a newer version has written, with words that this version does not know. */
class NewerMemberTest {
  private final Vertx vertx = Vertx.vertx();
  private final SharedLedger ledger = new SharedLedger(vertx, 1, new Random(0));
  private final SimulatedMember old = member("old");
  private Revision newer = Revision.of(text(State.EMPTY));

  private SimulatedMember member(String name) {
    return new SimulatedMember(
        name, vertx, ledger, Samples.config(Source.CLUSTER, Samples.FILE, 1), new Random(0));
  }

  @BeforeEach
  void writeByANewerMember() {
    await(old.start());
    newer = Revision.of(text(old.revisions().state()));
    ledger.join("newer");
    await(ledger.of("newer").commit(newer));
    await(old.revisions().look());
  }

  @AfterEach
  void close() {
    await(vertx.close());
  }

  private static String text(State state) {
    Revision known =
        Samples.next(state, "", put(Table.USERS, user("bob").put("futureKey", "as it was")));
    JsonObject text = new JsonObject(known.text()).put("schema", 2).put("futureWord", true);
    text.getJsonArray("changes")
        .getJsonObject(0)
        .getJsonObject("after")
        .put("futurePart", new JsonObject());
    return text.encode();
  }

  @Test
  void isInForceAndStoredAsItIs() {
    assertThat(old.revisions().standing().inForce()).isEqualTo(2);
    assertThat(old.inForce.get(0).topology().user("bob")).isPresent();
    assertThat(String.valueOf(await(old.disk.load()).orElseThrow().revisions().get(2L)))
        .endsWith("\n" + newer.text());
  }

  @Test
  void isTheSameAfterARestart() {
    old.kill();

    await(old.start());

    assertThat(await(old.revisions().read(history -> history.find(2))).orElseThrow().text())
        .isEqualTo(newer.text());
    assertKeepsTheKey(old);
  }

  @Test
  void isShownWithWhatIsNotKnown() {
    JsonObject shown =
        await(
            new RevisionDesk(old.revisions())
                .request("get", new JsonObject().put("table", "users").put("name", "bob")));

    assertThat(
            shown
                .getJsonArray("items")
                .getJsonObject(0)
                .getJsonObject("document")
                .getString("futureKey"))
        .isEqualTo("as it was");
  }

  @Test
  void isPassedOnToOthersAsItIsOnceTheyHaveLostIt() {
    ledger.lose();
    await(old.revisions().look());
    SimulatedMember other = member("other");

    await(other.start());

    assertThat(await(other.revisions().read(history -> history.find(2))).orElseThrow().text())
        .isEqualTo(newer.text());
  }

  @Test
  void staysThroughOtherChangesAndWhenTheirHistoryIsForgotten() {
    await(old.revisions().apply(changes(put(Table.USERS, user("carol")))));

    assertKeepsTheKey(old);
    State folded = old.revisions().state();
    assertThat(State.of(folded.texts(1)).find(Table.USERS, "bob"))
        .isEqualTo(folded.find(Table.USERS, "bob"));
  }

  private static void assertKeepsTheKey(SimulatedMember member) {
    assertThat(
            member
                .revisions()
                .state()
                .find(Table.USERS, "bob")
                .orElseThrow()
                .json()
                .getString("futureKey"))
        .isEqualTo("as it was");
  }
}
