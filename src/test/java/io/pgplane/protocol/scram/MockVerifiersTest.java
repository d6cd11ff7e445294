package io.pgplane.protocol.scram;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.protocol.scram.MockVerifiers.Form;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MockVerifiersTest {
  private static final Form COMMON = new Form(4096, 16);
  private static final Form RARE = new Form(20_000, 40);

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

    ScramVerifier mock = new MockVerifiers(secret, Map.of(Form.of(real), 2)).forUser("nobody");

    assertThat(Form.of(mock)).isEqualTo(Form.of(real));
    assertThat(ScramVerifier.parse(mock.text()).text()).isEqualTo(mock.text());
  }

  @Test
  void hasEachFormOfTheRealOnesAboutAsOftenAsThey() {
    MockVerifiers mocks = new MockVerifiers(secret, Map.of(COMMON, 6, RARE, 2));

    assertThat(names(mocks, RARE)).hasSizeBetween(250, 420); // a third of 1,000
  }

  @Test
  void keepsItsFormWhenAUserComes() {
    MockVerifiers before = new MockVerifiers(secret, Map.of(COMMON, 6, RARE, 2));
    MockVerifiers after = new MockVerifiers(secret, Map.of(COMMON, 7, RARE, 3));

    assertThat(names(after, RARE)).isEqualTo(names(before, RARE));
  }

  @Test
  void looksLikeAChangedPasswordWhereItsFormChanges() {
    MockVerifiers before = new MockVerifiers(secret, Map.of(COMMON, 6));
    MockVerifiers after = new MockVerifiers(secret, Map.of(RARE, 6));

    assertThat(before.forUser("nobody").salt())
        .isNotEqualTo(Arrays.copyOf(after.forUser("nobody").salt(), 16));
  }

  private static Set<String> names(MockVerifiers mocks, Form form) {
    return IntStream.range(0, 1000)
        .mapToObj(i -> "user " + i)
        .filter(name -> Form.of(mocks.forUser(name)).equals(form))
        .collect(Collectors.toSet());
  }
}
