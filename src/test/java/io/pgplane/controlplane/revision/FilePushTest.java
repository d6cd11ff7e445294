package io.pgplane.controlplane.revision;

import static io.pgplane.controlplane.revision.Samples.await;
import static io.pgplane.controlplane.revision.Samples.user;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import io.pgplane.config.Config;
import io.pgplane.config.Documents;
import io.pgplane.config.Source;
import io.pgplane.controlplane.revision.ControlException.Kind;
import io.pgplane.testkit.OperatorLog;
import io.vertx.core.Context;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Members with {@code topology.source: file}, whose files change while they run or are down. */
class FilePushTest {
  @RegisterExtension final OperatorLog log = new OperatorLog(FilePush.class.getName());

  private static final Documents OLD = Samples.FILE;
  private static final Documents NEW = with("bob");
  private static final Documents NEWER = with("bob", "carol");

  private final Vertx vertx = Vertx.vertx();
  private final SharedLedger ledger = new SharedLedger(vertx, 1, new Random(0));
  private final SimulatedMember a = member("a", 1);
  private final SimulatedMember b = member("b", 1);

  FilePushTest() {
    a.others = List.of(b);
    b.others = List.of(a);
  }

  @AfterEach
  void close() {
    await(vertx.close());
  }

  @Test
  void aRestartWithAnOlderFileRevertsNothing() {
    begin(a, b);
    edit(a, NEW);
    long before = revision();

    restart(b);

    assertThat(a.revisions().state().documents()).isEqualTo(NEW);
    assertThat(revision()).isEqualTo(before);
    assertThat(b.inForce.get(b.inForce.size() - 1).topology().user("bob")).isPresent();
  }

  @Test
  void aChangedFileOfOneMemberIsOneRevision() {
    begin(a, b);
    long before = revision();

    edit(a, NEW);
    lookSeveralTimes(a, b);

    assertThat(revision()).isEqualTo(before + 1);
  }

  @Test
  void theSameNewFileAtAllMembersIsOneRevision() {
    begin(a, b);
    long before = revision();

    edit(a, NEW);
    edit(b, NEW);
    lookSeveralTimes(a, b);

    assertThat(revision()).isEqualTo(before + 1);
  }

  @Test
  void aFileThatWasChangedWhileItsMemberWasDownIsPushed() {
    begin(a, b);
    b.kill();

    b.config = config(NEW, 1);
    restart(b);

    assertThat(a.revisions().state().documents()).isEqualTo(NEW);
  }

  @Test
  void theOldContentIsPushedAgainByTheMemberThatHadReplacedIt() {
    begin(a, b);
    edit(a, NEW);
    a.kill();

    a.config = config(OLD, 1);
    restart(a);

    assertThat(b.revisions().state().documents()).isEqualTo(OLD);
  }

  @Test
  void aFileThatAnotherMemberPushedAndReplacedSinceIsNotPushedAgain() {
    begin(a, b);
    edit(a, NEW);
    edit(b, NEW);
    edit(a, NEWER);

    restart(b);

    assertThat(a.revisions().state().documents()).isEqualTo(NEWER);
  }

  @Test
  void aMemberThatNobodyRemembersTakesTheStateOfTheCluster() {
    begin(a);
    b.config = config(NEW, 1);

    restart(b);

    assertThat(a.revisions().state().documents()).isEqualTo(OLD);
    assertThat(b.revisions().filesDiffer()).isTrue();
  }

  @Test
  void anUnrememberedMemberPushesTheNextChangeOfItsFile() {
    begin(a);
    b.config = config(NEW, 1);
    restart(b);

    b.config = config(NEWER, 1);
    restart(b);

    assertThat(a.revisions().state().documents()).isEqualTo(NEWER);
  }

  @Test
  void allKnowThatFilesDifferAndNothingFlaps() {
    begin(a, b);
    edit(a, NEW);
    long before = revision();

    for (int round = 0; round < 3; round++) {
      restart(a);
      restart(b);
      lookSeveralTimes(a, b);
    }

    assertThat(a.revisions().filesDiffer()).isTrue();
    assertThat(b.revisions().filesDiffer()).isTrue();
    assertThat(revision()).isEqualTo(before);
  }

  @Test
  void nothingDiffersAnyMoreOnceAllHaveTheSameFile() {
    begin(a, b);
    edit(a, NEW);
    lookSeveralTimes(a, b);
    assertThat(a.revisions().filesDiffer()).isTrue();

    edit(b, NEW);
    lookSeveralTimes(a, b);

    assertThat(a.revisions().filesDiffer()).isFalse();
    assertThat(b.revisions().filesDiffer()).isFalse();
  }

  @Test
  void theMemoryOutlivesTheEndOfAllMembersInTheirStores() {
    begin(a, b);
    edit(a, NEW);
    a.kill();
    b.kill();

    restart(b);
    restart(a);

    assertThat(a.revisions().state().documents()).isEqualTo(NEW);
    assertThat(b.revisions().state().documents()).isEqualTo(NEW);
  }

  @Test
  void theMemoryOutlivesTheRestartOfAMemberWithoutAStore() {
    begin(a, b);
    edit(a, NEW);
    b.disk.wipe();

    restart(b);

    assertThat(a.revisions().state().documents()).isEqualTo(NEW);
    b.disk.wipe();
    b.config = config(NEWER, 1);
    restart(b);
    assertThat(a.revisions().state().documents()).isEqualTo(NEWER);
  }

  @Test
  void theMemoryIsPartOfTheStateAsItIsWritten() {
    begin(a, b);
    State state = a.revisions().state();

    State read = State.of(state.texts(100));

    assertThat(read.files().encode()).isEqualTo(state.files().encode());
    assertThat(read.files().lastOf("b")).isPresent();
  }

  @Test
  void aStateOfAnOlderVersionRemembersNothing() {
    begin(a);
    JsonObject text = new JsonObject(a.revisions().state().texts(1 << 20).get(0));
    text.remove("files");

    State read = State.of(List.of(text.encode()));

    assertThat(read.files().lastOf("a")).isEmpty();
  }

  @Test
  void editsAtTwoMembersAtOnceEndWithOneOfThemAtBoth() {
    begin(a, b);
    long before = revision();
    a.config = config(NEW, 1);
    b.config = config(NEWER, 1);

    var first = a.revisions().local(a.config);
    var second = b.revisions().local(b.config);
    await(first);
    await(second);
    lookSeveralTimes(a, b);

    assertThat(revision()).isEqualTo(before + 2);
    assertThat(a.revisions().state().documents()).isEqualTo(b.revisions().state().documents());
    assertThat(a.revisions().filesDiffer()).isTrue();
    assertThat(b.revisions().filesDiffer()).isTrue();
  }

  @Test
  void theSecondOfTwoEditsStaysWhenItsPushOvertakesTheFirst() throws InterruptedException {
    begin(a);
    VertxInternal inside = (VertxInternal) vertx;
    Context busy = inside.createEventLoopContext();
    CountDownLatch free = new CountDownLatch(1);
    busy.executeBlocking(
        () -> {
          free.await();
          return "";
        });
    a.config = config(NEW, 1);
    Promise<Void> first = Promise.promise();
    CountDownLatch begun = new CountDownLatch(1);
    busy.runOnContext(
        now -> {
          a.revisions().local(a.config).onComplete(first);
          begun.countDown();
        });
    begun.await();

    edit(a, NEWER);
    free.countDown();
    await(first.future());

    assertThat(a.revisions().state().documents()).isEqualTo(NEWER);
    lookSeveralTimes(a);
    assertThat(a.revisions().filesDiffer()).isFalse();
  }

  @Test
  void anEditThatMeetsAnotherHistoryIsPushedOnceThatIsTaken() {
    begin(b);
    ledger.lose();
    begin(a);

    b.config = config(NEWER, 1);
    assertThatThrownBy(() -> await(b.revisions().local(b.config)))
        .isInstanceOfSatisfying(
            ControlException.class, e -> assertThat(e.kind()).isEqualTo(Kind.DIVERGED));
    assertThat(a.revisions().state().documents()).isEqualTo(OLD);
    lookSeveralTimes(b, a);

    assertThat(a.revisions().state().documents()).isEqualTo(NEWER);
    assertThat(b.revisions().state().documents()).isEqualTo(NEWER);
  }

  @Test
  void aPushThatIsRefusedLaterIsLoggedAsAnErrorWithAllProblems() {
    begin(a, b);
    ledger.cut(Set.of("b"));
    edit(b, new Documents(OLD.users(), OLD.routes(), Map.of()));
    ledger.cut(Set.of());

    lookSeveralTimes(b, a);

    assertThat(log.lines(Level.ERROR))
        .singleElement()
        .asString()
        .contains("the configuration file is not active")
        .contains("routes.app.backend: no backend named");
  }

  @Test
  void anEditThatTheClusterCannotTakeIsPushedLater() {
    begin(a, b);
    ledger.cut(Set.of("b"));
    edit(b, NEW);
    assertThat(a.revisions().state().documents()).isEqualTo(OLD);

    ledger.cut(Set.of());
    lookSeveralTimes(b, a);

    assertThat(a.revisions().state().documents()).isEqualTo(NEW);
  }

  @Test
  void aReloadThatChangesOnlyOtherKeysPushesNothing() {
    begin(a, b);
    edit(a, NEW);
    long before = revision();

    edit(b, OLD);

    assertThat(revision()).isEqualTo(before);
    assertThat(b.revisions().state().documents()).isEqualTo(NEW);
  }

  @Test
  void aMemberThatIsAloneGoesByItsFileAlsoAfterARestartWithAStore() {
    SimulatedMember alone = member("alone", 0);
    begin(alone);
    edit(alone, NEW);

    alone.config = config(OLD, 0);
    restart(alone);

    assertThat(alone.revisions().state().documents()).isEqualTo(OLD);
    assertThat(alone.revisions().filesDiffer()).isFalse();
    long before = alone.revisions().state().number();
    restart(alone);
    assertThat(alone.revisions().state().number()).isEqualTo(before);
  }

  private SimulatedMember member(String name, int quorum) {
    return new SimulatedMember(name, vertx, ledger, config(OLD, quorum), new Random(0));
  }

  private static void begin(SimulatedMember... members) {
    Stream.of(members).forEach(FilePushTest::restart);
  }

  private static void restart(SimulatedMember member) {
    member.kill();
    await(member.start());
    await(member.revisions().follow());
    lookSeveralTimes(member);
  }

  /** While it runs. */
  private static void edit(SimulatedMember member, Documents file) {
    member.config = config(file, member.config.cluster().enabled() ? 1 : 0);
    await(member.revisions().local(member.config));
  }

  private static void lookSeveralTimes(SimulatedMember... members) {
    for (int look = 0; look < 3; look++) {
      for (SimulatedMember member : members) {
        await(member.revisions().look());
      }
    }
  }

  private long revision() {
    return a.revisions().state().number();
  }

  private static Config config(Documents file, int quorum) {
    return Samples.config(Source.FILE, file, quorum);
  }

  private static Documents with(String... users) {
    Map<String, String> all = new HashMap<>(OLD.users());
    for (String name : users) {
      all.put(name, user(name).encode());
    }
    return new Documents(all, OLD.routes(), OLD.backends());
  }
}
