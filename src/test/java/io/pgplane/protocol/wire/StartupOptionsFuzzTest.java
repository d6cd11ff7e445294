package io.pgplane.protocol.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.pgplane.failure.Failure;

/** The options of anybody who has a password. */
class StartupOptionsFuzzTest {
  @FuzzTest
  void isReadOrRefused(byte[] options) {
    try {
      StartupOptions read = StartupOptions.parse(new CString(options));
      CString left = read.forServer().orElse(CString.of(""));

      assertThat(left.bytes().length).isLessThanOrEqualTo(options.length);
      assertThat(StartupOptions.parse(left).own()).isFalse();
      assertThat(read.own() || left.bytes() == options).isTrue();
    } catch (Failure e) {
      assertThat(e.getMessage()).isNotBlank();
    }
  }
}
