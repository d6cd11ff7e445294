package io.pgplane.protocol.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.pgplane.failure.Failure;

/** What any server may send: it is read or refused, and forges no line of the log. */
class ServerMessageFuzzTest {
  @FuzzTest
  void isReadOrRefused(byte[] body) {
    authentication(body);
    backendKeyData(body);
    fields(body);
  }

  private static void authentication(byte[] body) {
    try {
      assertThat(Authentication.parse(body).mechanisms()).isNotEmpty().doesNotContain("");
    } catch (Failure e) {
      assertThat(e.getMessage()).isNotBlank();
    }
  }

  private static void backendKeyData(byte[] body) {
    boolean possible = body.length > 4 && body.length <= 4 + CancelRequest.MAX_KEY;
    try {
      assertThat(CancelRequest.ofBackendKeyData(body).toBackendKeyData()).endsWith(body);
      assertThat(possible).isTrue();
    } catch (Failure e) {
      assertThat(possible).isFalse();
    }
  }

  private static void fields(byte[] body) {
    Message message = new Message((byte) 'E', body);
    for (char field = 0; field <= 0xFF; field++) {
      message.field(field).ifPresent(text -> assertThat(text).doesNotContain("\n", "\r", "\0"));
    }
    assertThat(message.toPacket()).endsWith(body).hasSize(5 + body.length);
  }
}
