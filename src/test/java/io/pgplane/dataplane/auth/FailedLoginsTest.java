package io.pgplane.dataplane.auth;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.topology.Throttling;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FailedLoginsTest {
  private static final Throttling RULE = locking(20);
  private static final Optional<Duration> AT_ONCE = Optional.of(Duration.ZERO);
  private static final InetAddress HERE = address("192.0.2.1");
  private static final InetAddress THERE = address("192.0.2.2");

  private long now = 1;
  private final FailedLogins failed = new FailedLogins(() -> now);

  @Test
  void keepsEachTwoChecksOfAPairTwiceAsFarApartUpToTheMost() {
    List<Long> pauses = new ArrayList<>();
    for (int i = 0; i < 11; i++) {
      pauses.add(waitAndFail("alice", HERE).toMillis());
    }

    assertThat(pauses)
        .containsExactly(0L, 0L, 0L, 250L, 500L, 1000L, 2000L, 4000L, 8000L, 10_000L, 10_000L);
  }

  @Test
  void doesNotKeepAnybodyWaitingWhoHasWaited() {
    fail(6, "alice", HERE);
    now += RULE.maxDelay().toNanos();

    assertThat(guess("alice", HERE).pause()).isEqualTo(AT_ONCE);
  }

  @Test
  void keepsNoOtherUserAndNoOtherAddressWaiting() {
    fail(50, "alice", HERE);

    assertThat(guess("bob", HERE).pause()).isEqualTo(AT_ONCE);
    assertThat(guess("alice", THERE).pause()).isEqualTo(AT_ONCE);
    assertThat(failed.lockedOut(THERE)).isZero();
  }

  @Test
  void checksGuessesThatComeAtOnceOneAfterTheOther() {
    fail(3, "alice", HERE);
    List<FailedLogins.Guess> guesses = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      guesses.add(guess("alice", HERE));
    }

    int checked = checkedOf(guesses);

    // After 0.25, 0.75, 1.75, 3.75, 7.75 and 15.75 s; the next turns come too late.
    assertThat(checked).isEqualTo(6);
  }

  @Test
  void letsAllThatWaitGoOnceOneIsRight() {
    fail(12, "alice", HERE);
    List<FailedLogins.Guess> others = new ArrayList<>();
    FailedLogins.Guess right = guess("alice", HERE);
    right.pause();
    for (int i = 0; i < 50; i++) {
      others.add(guess("alice", HERE));
      others.get(i).pause();
    }
    now += RULE.maxDelay().toNanos();
    assertThat(right.pause()).isEqualTo(AT_ONCE);

    right.succeeded();

    for (FailedLogins.Guess other : others) {
      assertThat(other.pause()).isEqualTo(AT_ONCE);
      other.succeeded();
    }
  }

  @Test
  void givesOneGuessMoreForEachLoginOfTheUserItself() {
    fail(12, "alice", HERE);
    List<FailedLogins.Guess> guesses = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      guesses.add(guess("alice", HERE));
      guesses.get(i).pause();
    }
    guess("alice", HERE).succeeded();

    long checked =
        guesses.stream().filter(one -> one.pause().equals(AT_ONCE)).peek(g -> g.failed()).count();

    assertThat(checked).isEqualTo(1);
  }

  @Test
  void checksTheFirstGuessOfEachAddressAndFewMore() {
    int checked = 0;
    for (int round = 0; round < 10; round++) {
      for (int i = 0; i < 1000; i++) {
        FailedLogins.Guess guess = guess("alice", address("10.0." + (i >> 8) + "." + (i & 255)));
        if (guess.pause().equals(AT_ONCE)) {
          guess.failed();
          checked++;
        }
      }
      now += Duration.ofSeconds(1).toNanos();
    }

    assertThat(checked).isBetween(1000, 1002);
    assertThat(guess("alice", HERE).pause()).isEqualTo(AT_ONCE);
  }

  @Test
  void boundsTheGuessesOfEverMoreAddresses() {
    int checked = 0;
    for (int i = 0; i < 10_000; i++) {
      FailedLogins.Guess guess = guess("alice", address("10.0." + (i >> 8) + "." + (i & 255)));
      if (guess.pause().equals(AT_ONCE)) {
        guess.failed();
        checked++;
      }
    }

    assertThat(checked).isEqualTo(FailedLogins.FIRST_GUESSES);
  }

  @Test
  void keepsNoUserWaitingWhereItHasLoggedIn() {
    guess("alice", HERE).succeeded();
    for (int i = 0; i < 3000; i++) {
      fail(1, "alice", address("10.0." + (i >> 8) + "." + (i & 255)));
    }
    fail(1, "alice", HERE);

    assertThat(guess("alice", HERE).pause()).isEqualTo(AT_ONCE);
    assertThat(guess("alice", THERE).pause()).isEmpty();
  }

  @Test
  void locksAnAddressOutForAWhile() {
    fail(19, "alice", HERE);
    assertThat(failed.lockedOut(HERE)).isZero();

    fail(1, "bob", HERE);

    assertThat(failed.lockedOut(HERE)).isEqualTo(RULE.lockOut());
    assertThat(failed.lockedOut(THERE)).isZero();
    now += RULE.lockOut().toNanos();
    assertThat(failed.lockedOut(HERE)).isZero();
    fail(1, "alice", HERE);
    assertThat(failed.lockedOut(HERE)).isEqualTo(RULE.lockOut());
  }

  @Test
  void locksNoAddressOutUnlessItIsTold() {
    for (int i = 0; i < 1000; i++) {
      failed.guess("user " + i, HERE, false, Throttling.DEFAULTS).failed();
    }

    assertThat(failed.lockedOut(HERE)).isZero();
  }

  @Test
  void countsNoFailuresOfLongAgo() {
    fail(19, "alice", HERE);
    now += RULE.within().toNanos() + 1;

    assertThat(guess("alice", HERE).pause()).isEqualTo(AT_ONCE);
    fail(1, "alice", HERE);
    assertThat(failed.lockedOut(HERE)).isZero();
  }

  @Test
  void takesAnIpv6NetworkForOneAddress() {
    for (int i = 1; i <= 20; i++) {
      fail(1, "alice", address("2001:db8:0:7::" + i));
    }

    assertThat(guess("alice", address("2001:db8:0:7:ffff::1")).pause()).isNotEqualTo(AT_ONCE);
    assertThat(guess("alice", address("2001:db8:0:8::1")).pause()).isEqualTo(AT_ONCE);
    assertThat(failed.view())
        .containsExactly(new Throttle.Entry("2001:db8:0:7:0:0:0:0/64", 20, RULE.lockOut()));
  }

  @Test
  void forgetsAnAddressThatIsReset() {
    fail(20, "alice", HERE);

    assertThat(failed.reset(HERE)).isTrue();

    assertThat(failed.lockedOut(HERE)).isZero();
    assertThat(guess("alice", HERE).pause()).isEqualTo(AT_ONCE);
    assertThat(failed.view()).isEmpty();
    assertThat(failed.reset(HERE)).isFalse();
  }

  /** As libpq does with sslmode=prefer, and the other way round with sslmode=allow. */
  @Test
  void countsATryWithTlsAndOneWithoutItOnce() {
    for (int i = 0; i < 4; i++) {
      failed.guess("alice", HERE, i != 1, RULE).failed();
      failed.guess("alice", HERE, i == 1, RULE).failed();
    }

    assertThat(failures()).isEqualTo(4);
    assertThat(guess("alice", HERE).pause()).contains(RULE.delay().multipliedBy(2));
  }

  @Test
  void countsEachOfTwoTriesThatAreNotOneLogin() {
    failed.guess("alice", HERE, true, RULE).failed();
    fail(2, "bob", HERE);
    assertThat(failures()).isEqualTo(3);

    now += Duration.ofMinutes(1).toNanos();
    fail(1, "alice", HERE);

    assertThat(failures()).isEqualTo(4);
  }

  @Test
  void countsTheFirstFailureAfterAReset() {
    failed.guess("alice", HERE, true, RULE).failed();
    failed.reset(HERE);

    fail(1, "alice", HERE);

    assertThat(failures()).isEqualTo(1);
  }

  @Test
  void doesNotLockOutForLongerAtASecondTry() {
    fail(19, "bob", HERE);
    failed.guess("alice", HERE, true, RULE).failed();
    now += Duration.ofSeconds(1).toNanos();

    fail(1, "alice", HERE);

    assertThat(failed.lockedOut(HERE)).isEqualTo(RULE.lockOut().minusSeconds(1));
  }

  /** Some fail now and then, for ever. */
  @Test
  void holdsNoMoreThanItHasRoomFor() {
    for (int i = 0; i < 120_000; i++) {
      InetAddress address = address("10." + (i >> 16) + "." + (i >> 8 & 255) + "." + (i & 255));
      fail(1, "user " + i, address);
    }

    assertThat(failed.view()).hasSizeLessThanOrEqualTo(50_000);
  }

  private int failures() {
    return failed.view().get(0).failures();
  }

  private FailedLogins.Guess guess(String user, InetAddress from) {
    return failed.guess(user, from, false, RULE);
  }

  private void fail(int times, String user, InetAddress address) {
    for (int i = 0; i < times; i++) {
      guess(user, address).failed();
    }
  }

  private Duration waitAndFail(String user, InetAddress from) {
    FailedLogins.Guess guess = guess(user, from);
    long begin = now;
    for (Duration pause = guess.pause().orElseThrow();
        !pause.isZero();
        pause = guess.pause().orElseThrow()) {
      now += pause.toNanos();
    }
    guess.failed();
    return Duration.ofNanos(now - begin);
  }

  /** How many of them are checked, all of them wrong. */
  private int checkedOf(List<FailedLogins.Guess> guesses) {
    int checked = 0;
    while (!guesses.isEmpty()) {
      for (FailedLogins.Guess guess : List.copyOf(guesses)) {
        Optional<Duration> pause = guess.pause();
        if (pause.isEmpty()) {
          guesses.remove(guess);
        } else if (pause.get().isZero()) {
          guesses.remove(guess);
          guess.failed();
          checked++;
        }
      }
      now += Duration.ofMillis(50).toNanos();
    }
    return checked;
  }

  private static Throttling locking(int after) {
    Throttling rule = Throttling.DEFAULTS;
    return new Throttling(
        true,
        rule.freeFailures(),
        rule.delay(),
        rule.maxDelay(),
        after,
        rule.within(),
        rule.lockOut(),
        List.of());
  }

  private static InetAddress address(String text) {
    try {
      return InetAddress.getByName(text);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
