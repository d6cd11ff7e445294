package io.pgplane.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class AwaitTest {

  @Test
  void asksAgainUntilTheConditionHolds() {
    AtomicInteger asked = new AtomicInteger();

    Await.until("three", () -> asked.incrementAndGet() == 3);

    assertThat(asked).hasValue(3);
  }

  @Test
  void namesTheConditionAndTheLastExceptionWhenTimeIsOver() {
    assertThatThrownBy(
            () ->
                Await.until(
                    "the sky falls",
                    Duration.ofMillis(50),
                    () -> {
                      throw new IllegalArgumentException("still up");
                    }))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("50 ms: the sky falls")
        .hasMessageContaining("still up");
  }
}
