package io.pgplane.crypto;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Xaes256GcmTest {
  private static final byte[] NONCE = "ABCDEFGHIJKLMNOPQRSTUVWX".getBytes(US_ASCII);
  private static final byte[] TEXT = "XAES-256-GCM".getBytes(US_ASCII);

  /** Both vectors of the specification: with the top bit of the subkey clear, and set. */
  @ParameterizedTest
  @CsvSource({
    "1, '', ce546ef63c9cc60765923609b33a9a1974e96e52daf2fcf7075e2271",
    "3, c2sp.org/XAES-256-GCM, 986ec1832593df5443a179437fd083bf3fdb41abd740a21f71eb769d"
  })
  void encryptsAsTheSpecificationSays(byte keyByte, String associated, String expected) {
    byte[] sealed = cipher(keyByte).encrypt(NONCE, TEXT, associated.getBytes(US_ASCII));

    assertThat(HexFormat.of().formatHex(sealed, NONCE.length, sealed.length)).isEqualTo(expected);
    assertThat(sealed).startsWith(NONCE);
  }

  @Test
  void decryptsOnlyWhatIsUnchanged() {
    Xaes256Gcm cipher = cipher(1);
    byte[] place = {1, 2};
    byte[] sealed = cipher.encrypt(TEXT, place);

    assertThat(cipher.decrypt(sealed, place)).contains(TEXT);
    assertThat(cipher.decrypt(sealed, new byte[] {1})).isEmpty();
    assertThat(cipher(2).decrypt(sealed, place)).isEmpty();
    for (int i = 0; i < sealed.length; i++) {
      byte[] changed = sealed.clone();
      changed[i] ^= 1;
      assertThat(cipher.decrypt(changed, place)).isEmpty();
      assertThat(cipher.decrypt(Arrays.copyOf(sealed, i), place)).isEmpty();
    }
  }

  @Test
  void usesAnotherNonceForEachMessage() {
    Xaes256Gcm cipher = cipher(1);

    assertThat(cipher.encrypt(TEXT, TEXT)).isNotEqualTo(cipher.encrypt(TEXT, TEXT));
  }

  private static Xaes256Gcm cipher(int keyByte) {
    byte[] key = new byte[32];
    Arrays.fill(key, (byte) keyByte);
    return new Xaes256Gcm(key);
  }
}
