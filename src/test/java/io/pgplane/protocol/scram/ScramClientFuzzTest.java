package io.pgplane.protocol.scram;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.pgplane.failure.Failure;
import io.pgplane.testkit.FuzzInput;
import java.util.List;
import java.util.Optional;

/** What any server may say in its exchange: it is never believed, and never breaks it. */
class ScramClientFuzzTest {
  private static final byte[] KEY = new byte[Scram.KEY_LENGTH];

  @FuzzTest
  void believesNobody(byte[] bytes) {
    FuzzInput input = new FuzzInput(bytes);
    ScramClient scram =
        new ScramClient(List.of(Scram.SHA_256), Optional.empty(), new FixedRandom());
    byte[] last = input.part();
    assertThat(scram.confirms(last)).isFalse();
    try {
      scram.challenge(input.rest());

      assertThat(scram.last(new ScramKeys(KEY, KEY))).isNotEmpty();
      assertThat(scram.confirms(last)).isFalse();
    } catch (Failure e) {
      assertThat(e.getMessage()).isNotBlank();
    }
  }
}
