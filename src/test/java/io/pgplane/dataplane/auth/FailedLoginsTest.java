package io.pgplane.dataplane.auth;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.topology.Throttling;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FailedLoginsTest {
  private static final Throttling RULE = Throttling.DEFAULTS;
  private static final InetAddress HERE = address("192.0.2.1");
  private static final InetAddress THERE = address("192.0.2.2");

  private long now = 1;
  private final FailedLogins failed = new FailedLogins(() -> now);

  @Test
  void delaysEachRefusalTwiceAsLongUpToTheMost() {
    List<Long> delays = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      delays.add(failed.failed("alice", HERE, false, RULE).toMillis());
    }

    assertThat(delays).containsExactly(0L, 0L, 0L, 250L, 500L, 1000L, 2000L, 4000L, 8000L, 10_000L);
  }

  @Test
  void countsAnAddressWhateverItsUsers() {
    fail(3, "alice", HERE);

    assertThat(failed.failed("bob", HERE, false, RULE)).isEqualTo(RULE.delay());
    assertThat(failed.failed("carol", THERE, false, RULE)).isZero();
  }

  @Test
  void countsAUserWhateverTheAddresses() {
    for (int i = 1; i <= 3; i++) {
      fail(1, "alice", address("198.51.100." + i));
    }

    assertThat(failed.failed("alice", HERE, false, RULE)).isEqualTo(RULE.delay());
  }

  @Test
  void doesNotLetOthersDelayAUserWhereItHasLoggedIn() {
    failed.succeeded("alice", HERE);
    fail(50, "alice", THERE);

    assertThat(failed.failed("alice", HERE, false, RULE)).isZero();
    assertThat(failed.lockedOut(HERE)).isZero();
  }

  @Test
  void forgetsTheFailuresOfAUserThatLogsIn() {
    fail(2, "alice", HERE);
    failed.succeeded("alice", HERE);
    now += RULE.within().toNanos() / 2;

    assertThat(failed.failed("alice", HERE, false, RULE)).isZero();
  }

  @Test
  void locksAnAddressOutForAWhile() {
    fail(RULE.lockOutFailures() - 1, "alice", HERE);
    assertThat(failed.lockedOut(HERE)).isZero();

    fail(1, "bob", HERE);

    assertThat(failed.lockedOut(HERE)).isEqualTo(RULE.lockOut());
    assertThat(failed.lockedOut(THERE)).isZero();
    now += RULE.lockOut().toNanos();
    assertThat(failed.lockedOut(HERE)).isZero();
  }

  @Test
  void locksItOutAgainAtTheNextFailure() {
    fail(RULE.lockOutFailures(), "alice", HERE);
    now += RULE.lockOut().toNanos();

    fail(1, "alice", HERE);

    assertThat(failed.lockedOut(HERE)).isEqualTo(RULE.lockOut());
  }

  @Test
  void countsNoFailuresOfLongAgo() {
    fail(RULE.lockOutFailures() - 1, "alice", HERE);
    now += RULE.within().toNanos() + 1;

    assertThat(failed.failed("alice", HERE, false, RULE)).isZero();
    assertThat(failed.lockedOut(HERE)).isZero();
  }

  @Test
  void takesAnIpv6NetworkForOneAddress() {
    for (int i = 1; i <= RULE.lockOutFailures(); i++) {
      fail(1, "alice", address("2001:db8:0:7::" + i));
    }

    assertThat(failed.lockedOut(address("2001:db8:0:7:ffff::1"))).isPositive();
    assertThat(failed.lockedOut(address("2001:db8:0:8::1"))).isZero();
    assertThat(failed.view())
        .containsExactly(
            new Throttle.Entry("2001:db8:0:7:0:0:0:0/64", RULE.lockOutFailures(), RULE.lockOut()));
  }

  @Test
  void forgetsAnAddressThatIsReset() {
    fail(RULE.lockOutFailures(), "alice", HERE);

    assertThat(failed.reset(HERE)).isTrue();

    assertThat(failed.lockedOut(HERE)).isZero();
    assertThat(failed.view()).isEmpty();
    assertThat(failed.reset(HERE)).isFalse();
  }

  /** As libpq does with sslmode=prefer, and the other way round with sslmode=allow. */
  @Test
  void countsATryWithTlsAndOneWithoutItOnce() {
    for (int i = 0; i < 3; i++) {
      failed.failed("alice", HERE, i != 1, RULE);
      failed.failed("alice", HERE, i == 1, RULE);
    }
    assertThat(failures()).isEqualTo(3);

    Duration late = failed.failed("alice", HERE, true, RULE);

    assertThat(late).isEqualTo(RULE.delay());
    assertThat(failed.failed("alice", HERE, false, RULE)).isEqualTo(late);
    assertThat(failures()).isEqualTo(4);
  }

  @Test
  void countsEachOfTwoTriesThatAreNotOneLogin() {
    failed.failed("alice", HERE, true, RULE);
    failed.failed("bob", HERE, false, RULE);
    failed.failed("bob", HERE, false, RULE);
    assertThat(failures()).isEqualTo(3);

    now += Duration.ofMinutes(1).toNanos();
    failed.failed("alice", HERE, false, RULE);

    assertThat(failures()).isEqualTo(4);
  }

  @Test
  void countsTheFirstFailureAfterAReset() {
    failed.failed("alice", HERE, true, RULE);
    failed.reset(HERE);

    failed.failed("alice", HERE, false, RULE);

    assertThat(failures()).isEqualTo(1);
  }

  @Test
  void doesNotLockOutForLongerAtASecondTry() {
    fail(RULE.lockOutFailures() - 1, "bob", HERE);
    failed.failed("alice", HERE, true, RULE);
    now += Duration.ofSeconds(1).toNanos();

    failed.failed("alice", HERE, false, RULE);

    assertThat(failed.lockedOut(HERE)).isEqualTo(RULE.lockOut().minusSeconds(1));
  }

  private int failures() {
    return failed.view().get(0).failures();
  }

  /** Some fail now and then, for ever. */
  @Test
  void holdsNoMoreThanItHasRoomFor() {
    for (int i = 0; i < 120_000; i++) {
      InetAddress address = address("10." + (i >> 16) + "." + (i >> 8 & 255) + "." + (i & 255));
      failed.failed("user " + i, address, false, RULE);
    }

    assertThat(failed.view()).hasSizeLessThanOrEqualTo(50_000);
  }

  private void fail(int times, String user, InetAddress address) {
    for (int i = 0; i < times; i++) {
      assertThat(failed.failed(user, address, false, RULE))
          .isLessThanOrEqualTo(Duration.ofSeconds(10));
    }
  }

  private static InetAddress address(String text) {
    try {
      return InetAddress.getByName(text);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
