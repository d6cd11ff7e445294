package io.pgplane.protocol.scram;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.pgplane.failure.Failure;
import io.pgplane.protocol.wire.SaslInitialResponse;
import io.pgplane.testkit.FuzzInput;
import java.util.Optional;

/** What any client may say in its exchange: it never gets in, and never breaks it. */
class ScramServerFuzzTest {
  private static final ScramVerifier NOBODY =
      new ScramVerifier(4096, new byte[16], new byte[Scram.KEY_LENGTH], new byte[Scram.KEY_LENGTH]);

  @FuzzTest
  void letsNobodyIn(byte[] bytes) {
    FuzzInput input = new FuzzInput(bytes);
    Optional<byte[]> endPoint = input.flag() ? Optional.of(new byte[32]) : Optional.empty();
    byte[] last = input.part();
    ScramServer scram = new ScramServer(NOBODY, endPoint, new FixedRandom());
    try {
      SaslInitialResponse response = SaslInitialResponse.parse(input.rest(), mechanism -> {});
      scram.choose(response.mechanism());
      scram.serverFirst(response.data().orElse(new byte[0]));

      assertThat(scram.verify(last)).isEmpty();
    } catch (Failure e) {
      assertThat(e.report()).isPresent();
    }
  }
}
