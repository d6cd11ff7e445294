package io.pgplane.dataplane.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class TokenBucketTest {
  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);
  private final TokenBucket bucket = new TokenBucket(100, 20, now::get);

  @Test
  void givesAsManyAtOnceAsItHolds() {
    assertThat(taken(1_000)).isEqualTo(20);
  }

  @Test
  void fillsAsTimePasses() {
    taken(20);

    now.addAndGet(TimeUnit.MILLISECONDS.toNanos(50));

    assertThat(taken(1_000)).isEqualTo(5);
  }

  @Test
  void holdsNoMoreHoweverMuchTimePasses() {
    now.addAndGet(TimeUnit.HOURS.toNanos(1));

    assertThat(taken(1_000)).isEqualTo(20);
  }

  private int taken(int tries) {
    int taken = 0;
    for (int i = 0; i < tries; i++) {
      taken += bucket.take() ? 1 : 0;
    }
    return taken;
  }
}
