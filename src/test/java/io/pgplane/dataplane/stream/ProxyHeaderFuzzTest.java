package io.pgplane.dataplane.stream;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.pgplane.failure.Failure;
import org.jspecify.annotations.Nullable;

/** What stands in the place of a PROXY header: one, or none, wherever it is torn. */
class ProxyHeaderFuzzTest {
  @FuzzTest
  void isReadOrRefused(byte[] bytes) {
    ProxyHeader whole = take(bytes, bytes.length);
    for (int length = 0; length < bytes.length; length++) {
      ProxyHeader torn = take(bytes, length);
      if (torn != null) {
        assertThat(torn).isEqualTo(whole);
      }
    }
  }

  private static @Nullable ProxyHeader take(byte[] bytes, int length) {
    ByteBuf in = Unpooled.buffer().writeBytes(bytes, 0, length);
    try {
      ProxyHeader header = ProxyHeader.takeFrom(in);
      assertThat(header == null).isEqualTo(in.readerIndex() == 0);
      return header;
    } catch (Failure e) {
      assertThat(e.report()).isEmpty();
      assertThat(e.getMessage()).contains("PROXY header");
      return null;
    } finally {
      assertThat(in.release()).isTrue();
    }
  }
}
