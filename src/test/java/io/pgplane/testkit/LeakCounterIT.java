package io.pgplane.testkit;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.PooledByteBufAllocator;
import org.junit.jupiter.api.Test;

class LeakCounterIT {

  @Test
  void noticesABufferThatNobodyReleases() {
    PooledByteBufAllocator.DEFAULT.directBuffer();

    assertThatThrownBy(LeakCounter::assertNoLeak)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("ByteBuf");
    // Told once: it is not held against the tests that follow.
    LeakCounter.assertNoLeak();
  }
}
