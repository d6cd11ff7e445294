package io.pgplane.crypto;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Base64;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class ClusterSecretTest {
  private static final byte[] RANDOM =
      HexFormat.of().parseHex("6a09e667bb67ae853c6ef372a54ff53a510e527f9b05688c1f83d9ab5be0cd19");

  /** Made by the argon2 program and Python's cryptography: members of two versions must agree. */
  @Test
  void makesTheSameKeysInEveryVersion() {
    assertThat(HexFormat.of().formatHex(ClusterSecret.of("correct horse battery").key("tables")))
        .isEqualTo("27b807f31d6201e5be0dacbb7e91ada492592eab9f3007ae8cfd662f3ec74736");
  }

  @Test
  void takesThirtyTwoBytesInHexadecimalOrBase64AsTheyAre() {
    ClusterSecret hex = ClusterSecret.of(HexFormat.of().formatHex(RANDOM));
    ClusterSecret base64 = ClusterSecret.of(Base64.getEncoder().encodeToString(RANDOM));

    assertThat(hex.key("tables")).isEqualTo(base64.key("tables"));
    assertThat(HexFormat.of().formatHex(hex.key("tables")))
        .isEqualTo("0465f2c868301855fa1807c29fa3866d2627377f09d62391bb0cb429e5a5a7ac");
  }

  @Test
  void stretchesEveryOtherText() {
    byte[] text = "exactly 32 characters of a text.".getBytes(UTF_8);
    assertThat(text).hasSize(32);

    assertThat(ClusterSecret.of(new String(text, UTF_8)).key("tables"))
        .isNotEqualTo(ClusterSecret.of(HexFormat.of().formatHex(text)).key("tables"));
  }

  @Test
  void makesAnotherKeyForEachPurpose() {
    ClusterSecret secret = ClusterSecret.random();

    assertThat(secret.key("tables")).hasSize(32).isNotEqualTo(secret.key("bus"));
    assertThat(ClusterSecret.random().key("bus")).isNotEqualTo(secret.key("bus"));
  }

  @Test
  void showsNobodyWhatItIs() {
    assertThat(ClusterSecret.of("correct horse battery")).hasToString("(hidden)");
    assertThat(ClusterSecret.of("correct horse battery"))
        .isEqualTo(ClusterSecret.of("correct horse battery"))
        .isNotEqualTo(ClusterSecret.of("correct horse batterz"));
  }
}
