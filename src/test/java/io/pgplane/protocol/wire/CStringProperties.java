package io.pgplane.protocol.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class CStringProperties {
  @Property
  void theTextLeadsBackToTheBytes(@ForAll byte[] bytes) {
    assertThat(CString.of(new CString(bytes).text()).bytes()).isEqualTo(bytes);
  }

  @Property
  void otherBytesAreAnotherText(@ForAll byte[] one, @ForAll byte[] other) {
    boolean sameBytes =
        CString.of(new CString(one).text()).text().equals(new CString(other).text());

    assertThat(sameBytes)
        .isEqualTo(java.nio.ByteBuffer.wrap(one).equals(java.nio.ByteBuffer.wrap(other)));
  }

  @Example
  void bytesThatAreNoUtf8AreNoConfiguredName() {
    byte[] bytes = {'a', (byte) 0xFF};

    assertThat(new CString(bytes).text()).isNotEqualTo(new String(bytes, UTF_8));
    assertThat(CString.of("caf\u00e9 \uD83D\uDE00 \uFFFD").text())
        .isEqualTo("caf\u00e9 \uD83D\uDE00 \uFFFD");
  }
}
