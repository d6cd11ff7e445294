package io.pgplane.controlplane.events;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.crypto.ClusterSecret;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SealTest {
  private final ClusterSecret secret = ClusterSecret.random();
  private final List<String> rejected = new ArrayList<>();
  private final Seal seal = new Seal(List.of(secret), rejected::add);

  @Test
  void opensATextOnlyInThePlaceThatItWasSealedFor() {
    Buffer sealed = seal.seal("revisions/17", "text");

    assertThat(seal.open("revisions/17", sealed)).contains("text");
    assertThat(seal.open("revisions/18", sealed)).isEmpty();
    assertThat(seal.open("base/17", sealed)).isEmpty();
    assertThat(rejected).containsExactly("revisions", "base");
  }

  @Test
  void opensWhatWasSealedUnderTheOldSecretAndSealsUnderTheNewOne() {
    ClusterSecret next = ClusterSecret.random();
    Seal changing = new Seal(List.of(next, secret), rejected::add);

    assertThat(changing.open("bus/a", seal.seal("bus/a", "text"))).contains("text");
    assertThat(seal.open("bus/a", changing.seal("bus/a", "text"))).isEmpty();
  }

  @Test
  void refusesWhatIsNotSealed() {
    Buffer sealed = seal.seal("bus/a", "text");

    assertThat(seal.open("bus/a", Buffer.buffer())).isEmpty();
    assertThat(seal.open("bus/a", Buffer.buffer("{\"text\":1}"))).isEmpty();
    assertThat(seal.open("bus/a", sealed.getBuffer(0, sealed.length() - 1))).isEmpty();
    assertThat(seal.open("bus/a", sealed.copy().setByte(0, (byte) 1))).isEmpty();
  }
}
