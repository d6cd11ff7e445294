package io.pgplane.controlplane.memberport;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.crypto.ClusterSecret;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProvedDatagramsTest {
  private static final ClusterSecret OLD = ClusterSecret.random();
  private static final ClusterSecret NEW = ClusterSecret.random();
  private static final byte[] SENT = "who is there".getBytes(UTF_8);
  private static final byte[] NOTHING = {4, 0, 0, 0, 0};

  private final ProvedDatagrams members = ProvedDatagrams.of(List.of(NEW, OLD));

  @Test
  void takesThoseOfEitherSecret() {
    assertThat(received(proved(NEW))).isEqualTo(SENT);
    assertThat(received(proved(OLD))).isEqualTo(SENT);
  }

  @Test
  void takesNothingOfAnotherSecret() {
    assertThat(received(proved(ClusterSecret.random()))).isEqualTo(NOTHING);
  }

  @Test
  void takesNothingThatIsChangedOrCut() {
    byte[] whole = proved(NEW);
    for (int i = 0; i < whole.length; i++) {
      byte[] changed = whole.clone();
      changed[i] ^= 1;
      assertThat(received(changed)).isEqualTo(NOTHING);
    }
    for (int length = 0; length < whole.length; length++) {
      assertThat(members.incoming().process(whole, 0, length)).isEqualTo(NOTHING);
    }
  }

  @Test
  void readsNothingBesideTheDatagramInTheBuffer() {
    byte[] buffer = new byte[1000];
    byte[] whole = proved(NEW);
    System.arraycopy(whole, 0, buffer, 100, whole.length);

    assertThat(members.incoming().process(buffer, 100, whole.length)).isEqualTo(SENT);
  }

  private static byte[] proved(ClusterSecret secret) {
    return ProvedDatagrams.of(List.of(secret)).outgoing().process(SENT);
  }

  private byte[] received(byte[] datagram) {
    return members.incoming().process(datagram);
  }
}
