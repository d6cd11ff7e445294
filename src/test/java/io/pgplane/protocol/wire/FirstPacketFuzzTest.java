package io.pgplane.protocol.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.pgplane.failure.Failure;
import java.util.Arrays;

/** The first bytes of anybody: they are a packet, or a failure that says so. */
class FirstPacketFuzzTest {
  @FuzzTest
  void isReadOrRefused(byte[] body) {
    try {
      if (FirstPacket.parse(body) instanceof StartupMessage startup) {
        assertPassesOnAsItIs(startup);
      }
    } catch (Failure e) {
      assertThat(e.getMessage()).isNotBlank();
    }
  }

  /** What the server gets is a packet like the client's: the names cannot turn into parameters. */
  private static void assertPassesOnAsItIs(StartupMessage startup) {
    byte[] packet = startup.toPacket(startup.user(), startup.database(), Origin.UNTOLD);
    StartupMessage again =
        (StartupMessage) FirstPacket.parse(Arrays.copyOfRange(packet, 4, packet.length));

    assertThat(again.user().bytes()).isEqualTo(startup.user().bytes());
    assertThat(again.database().bytes()).isEqualTo(startup.database().bytes());
    assertThat(again.toPacket(again.user(), again.database(), Origin.UNTOLD)).isEqualTo(packet);
    assertThat(again.negotiation()).isEmpty();
  }
}
