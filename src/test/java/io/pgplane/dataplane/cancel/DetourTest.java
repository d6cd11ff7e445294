package io.pgplane.dataplane.cancel;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.dataplane.limit.TokenBucket;
import io.pgplane.failure.Failure;
import io.pgplane.protocol.wire.CancelRequest;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DetourTest {
  private static final CancelRequest REQUEST = new CancelRequest(5, new byte[4]);
  private static final int BOUND = 100;

  private final List<Promise<Void>> underWay = new ArrayList<>();

  @Test
  void letsNoMoreThroughThanTheRate() {
    Detour detour = new Detour(this::answered, new TokenBucket(1, 3));

    assertThat(passed(detour, 10)).isEqualTo(3);
  }

  @Test
  void boundsThoseUnderWayUntilTheyAreAnswered() {
    Detour detour = new Detour(this::pending, new TokenBucket(1, 1_000));
    passed(detour, 2 * BOUND);
    assertThat(underWay).hasSize(BOUND);

    underWay.get(0).complete();
    underWay.get(1).fail("unknown");
    passed(detour, BOUND);

    assertThat(underWay).hasSize(BOUND + 2);
  }

  @Test
  void losesNoPlaceToAWayThatThrows() {
    OtherMembers broken =
        (member, request) -> {
          throw new IllegalStateException("the cluster is gone");
        };
    Detour detour = new Detour(broken, new TokenBucket(1, 1_000));

    for (int i = 0; i < 2 * BOUND; i++) {
      assertThat(detour.cancel(2, REQUEST).cause())
          .isInstanceOfSatisfying(Failure.class, e -> assertThat(e.report()).isEmpty())
          .hasMessageContaining("the cluster is gone");
    }
  }

  private Future<Void> answered(int member, CancelRequest request) {
    return Future.succeededFuture();
  }

  private Future<Void> pending(int member, CancelRequest request) {
    Promise<Void> promise = Promise.promise();
    underWay.add(promise);
    return promise.future();
  }

  private static long passed(Detour detour, int tries) {
    long passed = 0;
    for (int i = 0; i < tries; i++) {
      passed += detour.cancel(2, REQUEST).succeeded() ? 1 : 0;
    }
    return passed;
  }
}
