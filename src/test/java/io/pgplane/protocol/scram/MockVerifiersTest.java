package io.pgplane.protocol.scram;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MockVerifiersTest {
  private final byte[] secret = {1, 2, 3};

  @Test
  void aNameHasTheSameSaltOnAllMembersAndAfterARestart() {
    String here = new MockVerifiers(secret, Map.of()).forUser("nobody").text();
    String there = new MockVerifiers(secret, Map.of()).forUser("nobody").text();

    assertThat(here).isEqualTo(there);
  }

  @Test
  void namesAndSecretsHaveSaltsOfTheirOwn() {
    MockVerifiers mocks = new MockVerifiers(secret, Map.of());

    assertThat(mocks.forUser("a").salt()).isNotEqualTo(mocks.forUser("b").salt());
    assertThat(mocks.forUser("a").salt())
        .isNotEqualTo(new MockVerifiers(new byte[] {4}, Map.of()).forUser("a").salt());
  }

  @Test
  void looksLikeTheRealOnes() {
    ScramVerifier real = Scram.verifierOf("x".toCharArray(), 77, new SecureRandom());

    ScramVerifier mock = new MockVerifiers(secret, Map.of(4096, 1, 77, 2)).forUser("nobody");

    assertThat(mock.iterations()).isEqualTo(77);
    assertThat(mock.salt()).hasSameSizeAs(real.salt());
    assertThat(ScramVerifier.parse(mock.text()).text()).isEqualTo(mock.text());
  }
}
