package io.pgplane.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.NumericChars;

class ScalarsProperties {
  @Property
  void readsADurationOrSaysWhyNot(
      @ForAll @NumericChars @Chars({'m', 's', 'h', ' ', '-'}) String text) {
    Problems problems = new Problems();

    Optional<Duration> read = Scalars.DURATION_TEXT.read(new Node("p", text, problems));

    assertThat(problems.list()).hasSize(read.isPresent() ? 0 : 1);
    read.ifPresent(it -> assertThat(it).isPositive().isLessThanOrEqualTo(Duration.ofDays(7)));
  }

  @Property
  void readsEverySecondUpToAWeek(@ForAll @IntRange(min = 1, max = 604_800) int seconds) {
    assertThat(Scalars.DURATION_TEXT.read(new Node("p", seconds + "s", new Problems())))
        .contains(Duration.ofSeconds(seconds));
  }

  @Property
  void readsANumberAlsoFromAText(@ForAll int number) {
    Type<Integer> port = Scalars.number("a port", 0, 65535);
    boolean inRange = number >= 0 && number <= 65535;

    for (Object value : new Object[] {number, (long) number, String.valueOf(number)}) {
      assertThat(port.read(new Node("p", value, new Problems())))
          .isEqualTo(inRange ? Optional.of(number) : Optional.empty());
    }
  }

  @Property
  void refusesAnyTextAsAHostThatHoldsAPortOrAPath(@ForAll @IntRange(max = 65535) int port) {
    for (String host : new String[] {"db.example:" + port, "[::1]:" + port, "/run/" + port}) {
      assertThat(Scalars.HOST_NAME.read(new Node("p", host, new Problems()))).isEmpty();
    }
  }
}
