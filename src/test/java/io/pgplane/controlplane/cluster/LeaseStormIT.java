package io.pgplane.controlplane.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.controlplane.cluster.LeaseMembers.One;
import io.pgplane.dataplane.limit.Limit;
import io.pgplane.dataplane.limit.Share;
import io.pgplane.testkit.OneCluster;
import io.pgplane.testkit.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Everybody wants a place all the time. */
@ExtendWith(OneCluster.class)
class LeaseStormIT {
  private static final int MOST = 10;

  private final LeaseMembers members = new LeaseMembers(3, Duration.ZERO);
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final AtomicInteger inside = new AtomicInteger();
  private final AtomicInteger highest = new AtomicInteger();

  @AfterEach
  void stop() {
    threads.shutdown();
    members.close();
  }

  @Test
  void neverExceedsTheLimitAndStarvesNobody() throws Exception {
    List<Crowd> crowds = crowds();
    pause(6_000);
    for (Crowd crowd : crowds) {
      crowd.leave();
    }

    assertThat(highest.get()).isEqualTo(MOST);
    int most = crowds.stream().mapToInt(crowd -> crowd.served.get()).max().orElseThrow();
    assertThat(crowds)
        .as("fair enough")
        .allSatisfy(crowd -> assertThat(crowd.served.get()).isGreaterThan(most / 3));
  }

  /**
   * Members are lost, and go on serving as if they were behind a partition; some come back, or stop
   * and start.
   */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void neverExceedsTheLimitWhoeverComesAndGoes(long seed) throws Exception {
    SplittableRandom random = new SplittableRandom(seed);
    List<Crowd> crowds = crowds();
    for (int i = 0; i < 8; i++) {
      pause(random.nextInt(50, 1_500));
      int one = random.nextInt(3);
      Crowd crowd = crowds.get(one);
      boolean lost = !crowd.member.hazelcast().getLifecycleService().isRunning();
      if (!lost && random.nextBoolean()) {
        crowd.member.kill();
      } else {
        crowd.leave();
        if (!lost) {
          Proxy.result(crowd.member.leases().stop());
          crowd.member.hazelcast().shutdown();
        }
        crowds.set(one, new Crowd(members.start(one)));
      }
    }
    for (Crowd crowd : crowds) {
      crowd.leave();
    }

    assertThat(highest.get()).isBetween(2, MOST);
  }

  /** One a member, all from the moment in which the last member is there. */
  private List<Crowd> crowds() {
    List<One> all = List.of(members.start(0), members.start(1), members.start(2));
    return new ArrayList<>(all.stream().map(Crowd::new).toList());
  }

  /** The clients of one member. */
  private final class Crowd {
    private final One member;
    private final Share share;
    private final AtomicInteger served = new AtomicInteger();
    private final List<Future<?>> clients = new ArrayList<>();
    private volatile boolean open = true;

    Crowd(One member) {
      this.member = member;
      this.share = member.leases().of(Limit.Kind.USER, "alice");
      share.most(MOST);
      for (int i = 0; i < 12; i++) {
        clients.add(threads.submit(this::comeAndGo));
      }
    }

    void leave() throws Exception {
      open = false;
      for (Future<?> client : clients) {
        client.get(30, TimeUnit.SECONDS);
      }
    }

    private void comeAndGo() {
      while (open) {
        if (share.tryTake(0)) {
          highest.accumulateAndGet(inside.incrementAndGet(), Math::max);
          pause(5);
          inside.decrementAndGet();
          share.release();
          served.incrementAndGet();
        } else {
          share.want();
        }
        pause(1);
      }
    }
  }

  private static void pause(int millis) {
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
  }
}
