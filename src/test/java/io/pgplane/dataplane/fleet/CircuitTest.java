package io.pgplane.dataplane.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.dataplane.fleet.Circuit.Closed;
import io.pgplane.dataplane.fleet.Circuit.Open;
import io.pgplane.dataplane.fleet.Circuit.Trial;
import io.pgplane.topology.CircuitRule;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CircuitTest {
  private static final CircuitRule RULE =
      new CircuitRule(3, Duration.ofSeconds(1), Duration.ofSeconds(3));
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private final Circuit circuit = new Circuit();

  @Test
  void opensAfterSoManyFailuresInARow() {
    fail(0);
    fail(0);
    assertThat(circuit.admits(0)).isTrue();

    fail(0);

    assertThat(circuit.admits(0)).isFalse();
    assertThat(circuit.enter(0)).isInstanceOf(Open.class);
    assertThat(circuit.reason()).hasValue("late");
  }

  @Test
  void countsAnewAfterASuccess() {
    fail(0);
    fail(0);

    assertThat(circuit.close()).as("was open").isFalse();

    fail(0);
    fail(0);
    assertThat(circuit.admits(0)).isTrue();
  }

  @Test
  void letsOneTrialThroughAtATime() {
    open();

    assertThat(circuit.enter(SECOND - 1)).isInstanceOf(Open.class);
    assertThat(circuit.enter(SECOND)).isInstanceOf(Trial.class);
    assertThat(circuit.enter(SECOND)).isInstanceOf(Open.class);
    assertThat(circuit.admits(SECOND)).isFalse();
  }

  @Test
  void closesWhenTheTrialSucceeds() {
    open();
    circuit.enter(SECOND);

    assertThat(circuit.close()).isTrue();

    assertThat(circuit.enter(SECOND)).isInstanceOf(Closed.class);
    assertThat(circuit.reason()).isEmpty();
  }

  @Test
  void waitsTwiceAsLongAfterEachTrialThatFailsUpToTheMost() {
    open();
    long now = SECOND;

    for (long seconds : new long[] {2, 3, 3}) {
      Circuit.State trial = circuit.enter(now);
      assertThat(circuit.fail(RULE, trial, now, "late").orElseThrow().pause().toSeconds())
          .isEqualTo(seconds);
      assertThat(circuit.admits(now + seconds * SECOND - 1)).isFalse();
      now += seconds * SECOND;
    }
  }

  @Test
  void givesTheTrialToTheNextIfItEndsWithoutAVerdict() {
    open();

    circuit.abandon(circuit.enter(SECOND));

    assertThat(circuit.enter(SECOND)).isInstanceOf(Trial.class);
  }

  @Test
  void isNotMovedByALoginThatBeganBeforeItOpened() {
    Circuit.State earlier = circuit.enter(0);
    open();

    assertThat(circuit.fail(RULE, earlier, SECOND / 2, "late")).isEmpty();
    assertThat(circuit.admits(SECOND)).isTrue();
    Circuit.State trial = circuit.enter(SECOND);
    assertThat(circuit.fail(RULE, earlier, SECOND, "late")).isEmpty();
    assertThat(circuit.fail(RULE, trial, SECOND, "late")).isPresent();
  }

  @Test
  void neverOpensWhereItIsOff() {
    CircuitRule off = new CircuitRule(0, Duration.ofSeconds(1), Duration.ofSeconds(1));

    IntStream.range(0, 100).forEach(i -> circuit.fail(off, circuit.enter(0), 0, "late"));

    assertThat(circuit.admits(0)).isTrue();
  }

  private void open() {
    IntStream.range(0, RULE.failures()).forEach(i -> fail(0));
  }

  private void fail(long now) {
    circuit.fail(RULE, circuit.enter(now), now, "late");
  }
}
