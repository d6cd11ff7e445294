package io.pgplane.config;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;

/** Whatever text stands in a configuration: it is substituted, or a problem of it is told. */
class SubstitutionFuzzTest {
  @FuzzTest
  void isSubstitutedOrRefused(byte[] bytes) {
    String text = new String(bytes, UTF_8);
    Problems problems = new Problems();

    Object result =
        new Substitution(
                name -> name.startsWith("S") ? "${S}$1\\" : null, new SecretFiles(), problems)
            .in("key", text);

    assertThat(result).isInstanceOf(String.class);
    if (!text.contains("${")) {
      assertThat(result).isEqualTo(text);
      assertThat(problems.list()).isEmpty();
    }
    if (!problems.list().isEmpty()) {
      assertThat(result).isEqualTo(text);
    }
  }
}
