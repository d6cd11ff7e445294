package io.pgplane.protocol.scram;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.SecureRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScramVerifierTest {
  @Test
  void readsBackWhatItWrites() {
    ScramVerifier made = Scram.verifierOf("secret".toCharArray(), 5, new SecureRandom());

    assertThat(ScramVerifier.parse(made.text()).text()).isEqualTo(made.text());
  }

  @Test
  void readsWhatPostgresqlCanStore() {
    ScramVerifier made = Scram.verifierOf("secret".toCharArray(), 5, new SecureRandom());

    assertThat(ScramVerifier.parse(made.text().replace("$5:", "$2147483647:")).iterations())
        .isEqualTo(Integer.MAX_VALUE);
  }

  @Test
  void isNeverPrinted() {
    ScramVerifier made = Scram.verifierOf("secret".toCharArray(), 5, new SecureRandom());

    assertThat(made.toString()).isEqualTo("ScramVerifier[iterations=5]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "md5d41d8cd98f00b204e9800998ecf8427e",
        "SCRAM-SHA-256$0:AAAA$AAAA:AAAA",
        "SCRAM-SHA-256$99999999999:AAAA$AAAA:AAAA",
        "SCRAM-SHA-256$2147483648:AAAA$AAAA:AAAA",
        "SCRAM-SHA-256$4096:!!!!$bgYYngg6fvn7ZVwPJaYqMZIhrnSOOwnpFAqTI4CjDs4="
            + ":om8cKxY7aI3/sSY4soldrbu7Th9BOfZEywL8N6d+SbI=",
        "SCRAM-SHA-256$4096:AAAA$AAAA:om8cKxY7aI3/sSY4soldrbu7Th9BOfZEywL8N6d+SbI=",
      })
  void refusesWhatIsNoVerifierWithoutRepeatingIt(String text) {
    assertThatThrownBy(() -> ScramVerifier.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("AAAA"));
  }
}
