package io.pgplane.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class HangupTest {
  private final Hangup hangup = new Hangup();
  private final AtomicInteger reloads = new AtomicInteger();

  @Test
  void reloadsOnceTheMemberHasStartedIfSignalsCameBefore() {
    hangup.came();
    hangup.came();

    hangup.then(reloads::incrementAndGet);

    assertThat(reloads).hasValue(1);
  }

  @Test
  void reloadsAtEachSignal() {
    hangup.then(reloads::incrementAndGet);
    assertThat(reloads).hasValue(0);

    hangup.came();
    hangup.came();

    assertThat(reloads).hasValue(2);
  }
}
