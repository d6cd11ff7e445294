package io.pgplane.protocol.scram;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;

/** Whatever a configuration holds in the place of a verifier. */
class ScramVerifierFuzzTest {
  @FuzzTest
  void isReadOrRefused(byte[] bytes) {
    String text = new String(bytes, UTF_8);
    try {
      ScramVerifier verifier = ScramVerifier.parse(text);

      assertThat(verifier.iterations()).isPositive();
      assertThat(ScramVerifier.parse(verifier.text()).text()).isEqualTo(verifier.text());
    } catch (IllegalArgumentException e) {
      assertThat(e.getMessage()).isNotBlank();
    }
  }
}
