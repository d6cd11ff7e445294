package io.pgplane.config;

import java.time.Duration;
import java.util.List;

/**
 * What a listener agrees to in a handshake.
 *
 * @param minVersion {@code TLSv1.2} or {@code TLSv1.3}
 * @param ciphers of TLS 1.2, by their IANA names; those of TLS 1.3 are not for choosing
 * @param curves by preference, as {@code X25519} or {@code P-256}
 * @param ticketKeyPeriod how long a key encrypts new session tickets
 */
public record TlsParameters(
    String minVersion, List<String> ciphers, List<String> curves, Duration ticketKeyPeriod) {
  static final List<String> VERSIONS = List.of("TLSv1.2", "TLSv1.3");

  /** All that TLS 1.2 has with forward secrecy and authenticated encryption. */
  static final List<String> CIPHERS =
      List.of(
          "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

  static final List<String> CURVES = List.of("X25519", "P-256", "P-384", "P-521");

  public static final TlsParameters DEFAULTS =
      new TlsParameters(VERSIONS.get(0), CIPHERS, CURVES.subList(0, 3), Duration.ofHours(12));

  public TlsParameters {
    ciphers = List.copyOf(ciphers);
    curves = List.copyOf(curves);
  }

  /** The versions it speaks, best first. */
  public List<String> versions() {
    return minVersion.equals("TLSv1.3") ? List.of("TLSv1.3") : List.of("TLSv1.3", "TLSv1.2");
  }
}
