package io.pgplane.protocol.scram;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MockVerifiersTest {
  private final byte[] secret = {1, 2, 3};

  @Test
  void aNameHasTheSameSaltOnAllMembersAndAfterARestart() {
    String here = new MockVerifiers(secret, List.of()).forUser("nobody").text();
    String there = new MockVerifiers(secret, List.of()).forUser("nobody").text();

    assertThat(here).isEqualTo(there);
  }

  @Test
  void namesAndSecretsHaveSaltsOfTheirOwn() {
    MockVerifiers mocks = new MockVerifiers(secret, List.of());

    assertThat(mocks.forUser("a").salt()).isNotEqualTo(mocks.forUser("b").salt());
    assertThat(mocks.forUser("a").salt())
        .isNotEqualTo(new MockVerifiers(new byte[] {4}, List.of()).forUser("a").salt());
  }

  @Test
  void looksLikeTheRealOnes() {
    SecureRandom random = new SecureRandom();
    List<ScramVerifier> real =
        IntStream.of(4096, 77, 77)
            .mapToObj(i -> Scram.verifierOf("x".toCharArray(), i, random))
            .toList();

    ScramVerifier mock = new MockVerifiers(secret, real).forUser("nobody");

    assertThat(mock.iterations()).isEqualTo(77);
    assertThat(mock.salt()).hasSameSizeAs(real.get(0).salt());
    assertThat(ScramVerifier.parse(mock.text()).text()).isEqualTo(mock.text());
  }
}
