package io.pgplane.controlplane.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.controlplane.cluster.LeaseMembers.One;
import io.pgplane.dataplane.limit.Limit;
import io.pgplane.dataplane.limit.Share;
import io.pgplane.testkit.Await;
import io.pgplane.testkit.OneCluster;
import io.pgplane.testkit.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Three members that share a limit of ten. */
@ExtendWith(OneCluster.class)
class LeasesIT {
  private static final int MOST = 10;
  private static final Duration HOLD = Duration.ofSeconds(8);

  private final LeaseMembers members = new LeaseMembers(3, HOLD);
  private final List<One> all = new ArrayList<>();
  private final List<Share> shares = new ArrayList<>();

  @BeforeEach
  void start() {
    for (int i = 0; i < 3; i++) {
      all.add(members.start(i));
      shares.add(shareAt(all.get(i)));
    }
  }

  @AfterEach
  void stop() {
    members.close();
  }

  @Test
  void letsOneMemberHaveAllAndNoMore() {
    take(shares.get(0), MOST);

    assertThat(takes(shares.get(0))).isFalse();
    assertThat(takes(shares.get(1))).isFalse();
  }

  @Test
  void takesWhatOthersHoldAndDoNotUse() {
    use(shares.get(0), 5);
    use(shares.get(1), 5);
    shares.get(2).most(MOST);

    take(shares.get(2), MOST);

    assertThat(takes(shares.get(0))).isFalse();
  }

  @Test
  void givesBackWhatNobodyUses() {
    use(shares.get(0), 5);
    assertThat(all.get(1).table().all().isEmpty()).isFalse();

    Await.until("it is nobody's", Duration.ofSeconds(30), () -> all.get(1).table().all().isEmpty());

    take(shares.get(0), MOST);
  }

  @Test
  void returnsAllAtACleanStop() {
    use(shares.get(0), MOST);

    Proxy.result(all.get(0).leases().stop());
    all.get(0).hazelcast().shutdown();

    take(shares.get(1), MOST);
  }

  @Test
  void keepsThePlacesOfAMemberThatIsGoneWithoutAGoodbyeForAWhile() {
    take(shares.get(0), 4);
    int gone = shares.get(0).held();
    all.get(0).kill();
    members.await(2);

    take(shares.get(1), MOST - gone);

    assertThat(takes(shares.get(1))).isFalse();
    assertThat(takes(shares.get(2))).isFalse();
    Await.until("it is given up", HOLD.plusSeconds(20), () -> takes(shares.get(2)));
    take(shares.get(2), gone - 1);
  }

  @Test
  void freesWhatAMemberHeldBeforeItCameBack() {
    take(shares.get(0), MOST);
    all.get(0).kill();
    members.await(2);
    assertThat(takes(shares.get(1))).isFalse();

    One again = members.start(0);

    take(shares.get(1), MOST - 1);
    take(shareAt(again), 1);
  }

  @Test
  void keepsWhatItHasWithoutTheClusterAndTakesNoMore() {
    use(shares.get(0), 5);
    int held = shares.get(0).held();
    all.get(0).kill();

    for (int i = 0; i < held; i++) {
      assertThat(shares.get(0).tryTake(0)).isTrue();
    }

    assertThat(takes(shares.get(0))).isFalse();
    assertThat(takes(shareAt(all.get(0)))).as("a limit that it had no lease of").isFalse();
  }

  @Test
  void holdsALoweredLimitWithoutEndingSessions() {
    take(shares.get(0), 5);
    take(shares.get(1), 4);

    shares.forEach(share -> share.most(6));

    shares.forEach(share -> assertThat(takes(share)).isFalse());
    for (int i = 0; i < 4; i++) {
      shares.get(0).release();
    }
    take(shares.get(2), 1);
    assertThat(shares.stream().mapToInt(Share::taken).sum()).isEqualTo(6);
    shares.forEach(share -> assertThat(takes(share)).isFalse());
  }

  @Test
  void takesWhatNobodyUsesFromAllWhenALimitIsLowered() {
    use(shares.get(0), 5);
    take(shares.get(0), 1);
    take(shares.get(1), 4);

    shares.forEach(share -> share.most(6));
    for (int i = 0; i < 5; i++) {
      asks(shares.get(0));
    }

    assertThat(shares.get(0).taken()).isLessThanOrEqualTo(2);
    shares.forEach(LeasesIT::takes);
    assertThat(shares.stream().mapToInt(Share::taken).sum()).isEqualTo(6);
  }

  @Test
  void countsSessionsFromBeforeThereWasALimit() {
    shares.forEach(share -> share.most(0));
    for (int i = 0; i < 7; i++) {
      assertThat(shares.get(i % 2).tryTake(0)).isTrue();
    }

    shares.forEach(share -> share.most(MOST));

    Await.until(
        "all know",
        () ->
            all.get(2).table().all().values().stream().mapToInt(s -> Claims.parse(s).sum()).sum()
                == 7);
    take(shares.get(2), 3);
    assertThat(takes(shares.get(0))).isFalse();
  }

  @Test
  void takesNoNoticeOfWhatIsNotSealed() {
    take(shares.get(0), 1);
    String key = all.get(0).table().keySet().iterator().next();
    all.get(0).asStranger().set(key, "10 0 1 foreigner");
    all.get(0).asStranger().set("USER:bob", "10 0 1 foreigner");
    all.get(0).hazelcast().getMap("pgplane.leases.members").set("foreigner", "rubbish");

    take(shares.get(1), 1);
    Share bob = all.get(1).leases().of(Limit.Kind.USER, "bob");
    bob.most(MOST);
    take(bob, MOST);

    Await.until(
        "all tell it anew",
        () -> Claims.parse(String.valueOf(all.get(2).table().get(key))).holders().size() == 2);
  }

  @Test
  void freesWhatSomebodyClaimsWhomNobodyKnows() {
    all.get(0).table().set("USER:alice", "4 0 1 member-7/a-stranger");

    take(shares.get(0), MOST - 4);
    assertThat(takes(shares.get(1))).isFalse();

    Await.until("it is given up", HOLD.plusSeconds(20), () -> takes(shares.get(1)));
  }

  private static Share shareAt(One member) {
    Share share = member.leases().of(Limit.Kind.USER, "alice");
    share.most(MOST);
    return share;
  }

  /** Holds so many at least, and uses none of them. */
  private static void use(Share share, int places) {
    take(share, places);
    for (int i = 0; i < places; i++) {
      share.release();
    }
  }

  private static void take(Share share, int places) {
    for (int i = 0; i < places; i++) {
      int number = i + 1;
      Await.until("place " + number + " of " + places, () -> asks(share));
    }
  }

  /** Whether there is a place for who waits for a while. */
  private static boolean takes(Share share) {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(700);
    while (System.nanoTime() < end) {
      if (asks(share)) {
        return true;
      }
      pause(10);
    }
    return false;
  }

  private static boolean asks(Share share) {
    if (share.tryTake(0)) {
      return true;
    }
    share.want();
    return false;
  }

  private static void pause(int millis) {
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
  }
}
