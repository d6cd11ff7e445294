package io.pgplane.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ThrottleKeysTest {
  @ParameterizedTest
  @CsvSource({"off, 0", "after 1, 1", "after 1000000, 1000000"})
  void locksAnAddressOutAfterSoManyFailures(String text, int failures) {
    assertThat(Trees.bind(with(text)).throttling().lockOutAfter()).isEqualTo(failures);
  }

  @Test
  void locksNoAddressOutByDefault() {
    assertThat(Trees.bind(Trees.VALID).throttling().lockOutAfter()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "after 0",
        "after 1000001",
        "after -1",
        "after  5",
        "after 99999999999",
        "20",
        "x"
      })
  void saysWhatALockOutIs(String text) {
    assertThat(Trees.problems(with(text)))
        .singleElement()
        .asString()
        .startsWith("throttle.lockOutAddress: expected off, or \"after N\"");
  }

  private static String with(String text) {
    return "throttle: { lockOutAddress: " + text + " }\n" + Trees.VALID;
  }
}
