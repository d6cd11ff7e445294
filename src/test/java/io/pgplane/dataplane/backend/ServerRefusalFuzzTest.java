package io.pgplane.dataplane.backend;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.pgplane.protocol.wire.Message;
import io.pgplane.topology.Server;

/** Whatever a server says in the place of an ErrorResponse: a client can read what it gets. */
class ServerRefusalFuzzTest {
  private static final Server SERVER = new Server("localhost", 5432);

  @FuzzTest
  void isReadableOrReplaced(byte[] body) {
    RuntimeException said =
        ServerRefusal.of(SERVER, /* overTls= */ false, new Message((byte) 'E', body));

    assertThat(said).hasMessageContaining("refuses the login");
    if (said instanceof ServerRefusal refusal) {
      assertThat(refusal.sqlState()).hasSize(5);
      assertThat(body).endsWith((byte) 0, (byte) 0);
      assertThat(refusal.error().field('M')).isPresent();
    }
  }
}
