package io.pgplane.controlplane.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.controlplane.revision.RevisionStore;
import io.pgplane.controlplane.revision.Sealer;
import io.vertx.core.buffer.Buffer;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ComparisonTest {
  private final Sealer sealer = new CountingSealer();
  private final Comparison comparison = Comparison.by(sealer);

  @Test
  void isByWhatWasSealedAndNotByItsBytes() {
    Buffer one = sealer.seal(RevisionStore.place(7), "{}");
    Buffer other = sealer.seal(RevisionStore.place(7), "{}");

    assertThat(one).isNotEqualTo(other);
    assertThat(comparison.same(7, one, other)).isTrue();
    assertThat(comparison.same(7, one, sealer.seal(RevisionStore.place(7), "[]"))).isFalse();
  }

  @Test
  void takesNothingForTheSameThatCannotBeOpened() {
    Buffer elsewhere = sealer.seal(RevisionStore.place(8), "{}");

    assertThat(comparison.same(7, elsewhere, elsewhere)).isFalse();
  }

  /** Another sealing each time, as with a nonce. */
  private static final class CountingSealer implements Sealer {
    private int count;

    @Override
    public Buffer seal(String place, String text) {
      return Buffer.buffer(++count + "|" + place + "|" + text);
    }

    @Override
    public Optional<String> open(String place, Buffer sealed) {
      String[] parts = sealed.toString().split("\\|", -1);
      return parts[1].equals(place) ? Optional.of(parts[2]) : Optional.empty();
    }
  }
}
