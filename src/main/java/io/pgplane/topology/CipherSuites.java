package io.pgplane.topology;

import java.util.List;
import java.util.stream.Stream;

/** Cipher suites by their IANA names. */
public final class CipherSuites {
  /** Those of TLS 1.3; BoringSSL has them all or none. */
  private static final List<String> TLS_1_3 =
      List.of("TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256", "TLS_CHACHA20_POLY1305_SHA256");

  /** All of TLS 1.2 that have forward secrecy and authenticated encryption, and BoringSSL knows. */
  public static final List<String> STRONG =
      List.of(
          "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

  /** Those of TLS 1.2 for old servers: CBC, or a key exchange by RSA. */
  private static final List<String> WEAK =
      List.of(
          "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256",
          "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA",
          "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
          "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
          "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
          "TLS_RSA_WITH_AES_256_GCM_SHA384",
          "TLS_RSA_WITH_AES_128_GCM_SHA256",
          "TLS_RSA_WITH_AES_256_CBC_SHA",
          "TLS_RSA_WITH_AES_128_CBC_SHA");

  /** All of TLS 1.2. */
  public static final List<String> TLS_1_2 = Stream.of(STRONG, WEAK).flatMap(List::stream).toList();

  /** Those of TLS 1.3, and these of TLS 1.2. */
  public static List<String> with(List<String> ofTls12) {
    return Stream.of(TLS_1_3, ofTls12).flatMap(List::stream).toList();
  }

  private CipherSuites() {}
}
