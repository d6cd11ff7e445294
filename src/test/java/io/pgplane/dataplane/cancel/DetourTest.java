package io.pgplane.dataplane.cancel;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.dataplane.limit.TokenBucket;
import io.pgplane.failure.Failure;
import io.pgplane.protocol.wire.CancelRequest;
import io.pgplane.topology.Cidr;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;

class DetourTest {
  private static final CancelRequest SHORT = new CancelRequest(5, new byte[4]);
  private static final int BOUND = 500;
  private static final InetAddress HERE = Cidr.address("192.0.2.1");

  private final List<Integer> asked = new ArrayList<>();
  private final List<Promise<Void>> underWay = new ArrayList<>();

  @Test
  void asksAllMembersAboutAShortKey() {
    Future<Void> cancelled = detour(Set.of(2, 3, 4), this::pending, 100).cancel(SHORT, HERE);

    assertThat(asked).containsExactlyInAnyOrder(2, 3, 4);
    underWay.get(2).fail("unknown");
    underWay.get(0).fail("unknown");
    assertThat(cancelled.isComplete()).isFalse();
    underWay.get(1).complete();
    assertThat(cancelled.succeeded()).isTrue();
  }

  @Test
  void failsWhenNoMemberKnowsAShortKey() {
    Future<Void> cancelled = detour(Set.of(2, 3), this::pending, 100).cancel(SHORT, HERE);

    underWay.forEach(one -> one.fail("unknown"));

    assertUntold(cancelled);
  }

  @Test
  void asksTheOneMemberThatALongKeyNames() {
    Future<Void> cancelled = detour(Set.of(2, 3, 4), this::answered, 100).cancel(naming(3), HERE);

    assertThat(asked).containsExactly(3);
    assertThat(cancelled.succeeded()).isTrue();
  }

  @Test
  void asksNoMemberWhereTheNamedOneIsNotThere() {
    assertUntold(detour(Set.of(2, 3, 4), this::answered, 100).cancel(naming(5), HERE));

    assertThat(asked).isEmpty();
  }

  @Test
  void asksEachMemberNoMoreOftenThanTheRate() {
    Detour detour = detour(Set.of(2, 3), this::answered, 3);

    assertThat(passed(detour, SHORT, 10)).isEqualTo(3);
    assertThat(asked).hasSize(6);
    assertThat(passed(detour, naming(2), 10)).as("by a long key").isZero();
  }

  @Test
  void leavesTheRateOfAMemberToThatMember() {
    Detour detour = detour(Set.of(2, 3), this::answered, 3);

    assertThat(passed(detour, naming(2), 10)).isEqualTo(3);
    assertThat(passed(detour, SHORT, 10)).as("3 still hears").isEqualTo(3);
    assertThat(asked).containsExactly(2, 2, 2, 3, 3, 3);
  }

  @Test
  void leavesTheRateOfASiteToThatSite() {
    Detour detour = new Detour(others(Set.of(2), this::answered));
    InetAddress flooding = Cidr.address("2001:db8:0:7::1");
    for (int i = 0; i < 10_000; i++) {
      detour.cancel(SHORT, flooding);
      detour.cancel(SHORT, Cidr.address("2001:db8:0:8::2"));
    }

    assertThat(asked).hasSizeLessThan(BOUND);
    assertThat(detour.cancel(SHORT, HERE).succeeded()).isTrue();
    assertThat(detour.cancel(SHORT, Cidr.address("2001:db8:1:7::1")).succeeded()).isTrue();
  }

  @Test
  void boundsThoseUnderWayAtEachMemberUntilTheyAreAnswered() {
    Detour detour =
        detour(
            Set.of(2, 3),
            (member, request) -> member == 2 ? pending(2, request) : answered(3, request),
            10_000);

    assertThat(passed(detour, SHORT, 2 * BOUND)).as("2 hangs, 3 does not").isEqualTo(2 * BOUND);
    assertThat(underWay).hasSize(BOUND);

    underWay.get(0).complete();
    underWay.get(1).fail("unknown");
    passed(detour, SHORT, BOUND);
    assertThat(underWay).hasSize(BOUND + 2);
  }

  @Test
  void losesNoPlaceToAWayThatThrows() {
    Detour detour =
        detour(
            Set.of(2),
            (member, request) -> {
              throw new IllegalStateException("the cluster is gone");
            },
            10_000);

    for (int i = 0; i < 2 * BOUND; i++) {
      assertUntold(detour.cancel(SHORT, HERE)).hasMessageContaining("the cluster is gone");
    }
  }

  private static AbstractThrowableAssert<?, ?> assertUntold(Future<Void> cancelled) {
    return assertThat(cancelled.cause())
        .isInstanceOfSatisfying(Failure.class, e -> assertThat(e.report()).isEmpty());
  }

  private static CancelRequest naming(int member) {
    return new CancelRequest(5, ByteBuffer.allocate(32).putShort((short) member).array());
  }

  private static Detour detour(
      Set<Integer> numbers, BiFunction<Integer, CancelRequest, Future<Void>> way, int atOnce) {
    return new Detour(
        others(numbers, way),
        () -> new TokenBucket(1, atOnce),
        () -> new TokenBucket(1, 20 * BOUND));
  }

  private static OtherMembers others(
      Set<Integer> numbers, BiFunction<Integer, CancelRequest, Future<Void>> way) {
    return new OtherMembers() {
      @Override
      public Set<Integer> numbers() {
        return numbers;
      }

      @Override
      public Future<Void> cancel(int member, CancelRequest request) {
        return way.apply(member, request);
      }
    };
  }

  private Future<Void> answered(int member, CancelRequest request) {
    asked.add(member);
    return Future.succeededFuture();
  }

  private Future<Void> pending(int member, CancelRequest request) {
    asked.add(member);
    Promise<Void> promise = Promise.promise();
    underWay.add(promise);
    return promise.future();
  }

  private static long passed(Detour detour, CancelRequest request, int tries) {
    long passed = 0;
    for (int i = 0; i < tries; i++) {
      passed += detour.cancel(request, HERE).succeeded() ? 1 : 0;
    }
    return passed;
  }
}
