package io.pgplane.protocol.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.failure.Failure;
import java.nio.ByteBuffer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;

/** Whatever bytes come: a value, or a {@link Failure}, and nothing else. */
class WireProperties {
  @Property
  void firstPacketsOfAnyBytes(@ForAll @Size(min = 4, max = 64) byte[] body) {
    valueOrFailure(() -> FirstPacket.parse(body));
  }

  @Property
  void startupPacketsOfAnyBytes(@ForAll @Size(max = 64) byte[] rest) {
    byte[] body = ByteBuffer.allocate(4 + rest.length).putInt(3 << 16).put(rest).array();

    valueOrFailure(() -> FirstPacket.parse(body));
  }

  @Property
  void initialResponsesOfAnyBytes(@ForAll @Size(max = 64) byte[] body) {
    valueOrFailure(() -> SaslInitialResponse.parse(body, mechanism -> {}));
  }

  @Property
  void authenticationMessagesOfAnyBytes(@ForAll @Size(max = 64) byte[] body) {
    valueOrFailure(() -> Authentication.parse(body).mechanisms());
  }

  @Property
  void errorsOfAnyBytesHaveFieldsOrNone(@ForAll @Size(max = 64) byte[] body) {
    Message error = new Message((byte) 'E', body);

    assertThat(error.field('M').orElse("")).doesNotContain("\n");
  }

  private static void valueOrFailure(Runnable parse) {
    try {
      parse.run();
    } catch (Failure e) {
      assertThat(e.getMessage()).isNotBlank();
    }
  }
}
