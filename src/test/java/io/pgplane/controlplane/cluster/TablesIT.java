package io.pgplane.controlplane.cluster;

import static io.pgplane.testkit.Proxy.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import io.pgplane.controlplane.events.Seal;
import io.pgplane.controlplane.revision.Arrival;
import io.pgplane.controlplane.revision.Revision;
import io.pgplane.controlplane.revision.State;
import io.pgplane.crypto.ClusterSecret;
import io.pgplane.testkit.Await;
import io.pgplane.testkit.OneCluster;
import io.pgplane.testkit.OperatorLog;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What two members have in their tables, and what a third one without the secret may put there. */
@ExtendWith(OneCluster.class)
class TablesIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int PAIRS = 8;
  private static final Arrival ARRIVAL = new Arrival("", false);

  @RegisterExtension final OperatorLog log = new OperatorLog("io.pgplane.controlplane");

  private final Vertx vertx = Vertx.vertx();
  private final AtomicInteger rejected = new AtomicInteger();
  private final Seal seal =
      new Seal(
          List.of(ClusterSecret.of("c2VjcmV0IHRoYXQgYWxsIHRoZSB0ZXN0cyBzaGFyZSE=")),
          where -> rejected.incrementAndGet());
  private final LeaseMembers cluster = new LeaseMembers(2, Duration.ofMinutes(5));
  private final HazelcastInstance one = cluster.start(0).hazelcast();
  private final HazelcastInstance other = cluster.start(1).hazelcast();

  @AfterEach
  void stop() {
    cluster.close();
    result(vertx.close());
  }

  @Test
  void letNoTwoMembersThatStartAtTheSameTimeHaveOneName() {
    List<Future<Void>> joins = new ArrayList<>();
    for (int i = 0; i < PAIRS; i++) {
      joins.add(new Members(vertx, one, "twin" + i, seal).join());
      joins.add(new Members(vertx, other, "twin" + i, seal).join());
    }

    joins.forEach(join -> Await.until("it is decided", PATIENCE.multipliedBy(2), join::isComplete));

    for (int i = 0; i < PAIRS; i++) {
      List<Future<Void>> pair = joins.subList(2 * i, 2 * i + 2);
      assertThat(pair).filteredOn(Future::succeeded).hasSize(1);
      assertThat(pair)
          .filteredOn(Future::failed)
          .singleElement()
          .satisfies(
              join -> assertThat(join.cause()).hasMessageContaining("another member is called"));
    }
  }

  @Test
  void believeNoLineThatIsNotSealedForItsNumber() {
    Members first = new Members(vertx, one, "first", seal);
    Members second = new Members(vertx, other, "second", seal);
    result(first.join());
    result(second.join());
    IMap<Object, Object> lines = other.getMap("pgplane.members");
    byte[] line = Objects.requireNonNull((byte[]) lines.get(first.number()));
    int free = first.number() == 1 || second.number() == 1 ? 1000 : 1;

    lines.set(free, line);
    lines.set(first.number(), new JsonObject().put("name", "x").put("node", "x").encode());

    Await.until("both are rejected", PATIENCE, () -> rejected.get() > 1);
    Await.until("the line is back", PATIENCE, () -> lines.get(first.number()) instanceof byte[]);
    Await.until("it is seen", PATIENCE, () -> second.other(first.number()).isPresent());
    assertThat(second.others()).singleElement().matches(peer -> peer.name().equals("first"));
    assertThat(second.other(free)).isEmpty();
  }

  @Test
  void countNoArrivalThatIsNotSealedForItsMember() {
    HazelcastLedger ledger = new HazelcastLedger(vertx, one, seal);
    IMap<Object, Object> arrived = other.getMap("pgplane.arrived");
    String foreigner = new Nodes(other).own();
    assertThat(result(ledger.arrive(ARRIVAL))).hasSize(1);

    for (Object planted :
        List.of(true, Objects.requireNonNull(arrived.get(new Nodes(one).own())))) {
      arrived.set(foreigner, planted);

      assertThat(result(ledger.arrive(ARRIVAL))).hasSize(1);
    }

    assertThat(rejected).hasValue(2);
    assertThat(result(new HazelcastLedger(vertx, other, seal).arrive(ARRIVAL))).hasSize(2);
  }

  /**
   * A foreigner that reaches Hazelcast's port fills no log: of a kind and a source, 20 lines in 10
   * s.
   */
  @Test
  void logFewOfManyThingsThatNoMemberHasPut() {
    HazelcastLedger ledger = new HazelcastLedger(vertx, one, seal);
    IMap<Object, Object> arrived = other.getMap("pgplane.arrived");
    String foreigner = new Nodes(other).own();

    for (Object planted : List.of(new byte[100], new AtomicInteger())) {
      arrived.set(foreigner, planted);
      for (int i = 0; i < 60; i++) {
        result(ledger.arrive(ARRIVAL));
      }
    }

    assertThat(rejected).hasValueGreaterThanOrEqualTo(60);
    for (String text : List.of("not sealed by this cluster's secret", "lies what is no member's")) {
      assertThat(log.lines(Level.INFO).stream().filter(line -> line.contains(text)))
          .as(text)
          .hasSizeBetween(1, 20);
    }
  }

  @Test
  void takeBackARevisionInWhosePlaceAnotherOneWasPut() {
    HazelcastLedger ledger = new HazelcastLedger(vertx, one, seal);
    Revision first = revision(1, "", "");
    Revision second = revision(2, first.digest(), "");
    Revision third = revision(3, second.digest(), "");
    Revision left = revision(2, first.digest(), "of another side");
    result(ledger.begin(State.EMPTY));
    List.of(first, second, third).forEach(each -> result(ledger.commit(each)));
    other.getMap("pgplane.revisions").set(2L, seal.seal("revisions/2", left.text()).getBytes());

    assertThat(result(ledger.commit(second)).digest()).isEqualTo(second.digest());

    assertThat(result(ledger.read(2)).map(Revision::digest)).contains(second.digest());
    assertThat(result(ledger.commit(left)).digest()).isEqualTo(second.digest());
  }

  @Test
  void tellWhoHasAnotherSecretAndNobodyElse() {
    HazelcastLedger ledger = new HazelcastLedger(vertx, one, seal);
    Seal another = new Seal(List.of(ClusterSecret.of("a secret of somebody else")), where -> {});
    result(ledger.begin(State.EMPTY));
    result(ledger.base());

    assertThatThrownBy(() -> result(new HazelcastLedger(vertx, other, another).base()))
        .hasStackTraceContaining("cluster.secret is not that of the other members");

    other.getMap("pgplane.base").set("secret", "rubbish");
    result(ledger.base());
    assertThat(result(new HazelcastLedger(vertx, other, seal).base())).isPresent();
  }

  private static Revision revision(long number, String previous, String comment) {
    return Revision.of(
        new JsonObject()
            .put("schema", 1)
            .put("number", number)
            .put("previous", previous)
            .put("author", "test")
            .put("comment", comment)
            .put("member", "one")
            .put("time", "2026-01-01T00:00:00Z")
            .put("changes", new JsonArray())
            .encode());
  }
}
