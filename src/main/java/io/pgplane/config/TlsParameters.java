package io.pgplane.config;

import io.pgplane.topology.CipherSuites;
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

  static final List<String> CURVES = List.of("X25519", "P-256", "P-384", "P-521");

  public static final TlsParameters DEFAULTS =
      new TlsParameters(
          VERSIONS.get(0), CipherSuites.STRONG, CURVES.subList(0, 3), Duration.ofHours(12));

  public TlsParameters {
    ciphers = List.copyOf(ciphers);
    curves = List.copyOf(curves);
  }

  /** The versions it speaks, best first. */
  public List<String> versions() {
    return minVersion.equals("TLSv1.3") ? List.of("TLSv1.3") : List.of("TLSv1.3", "TLSv1.2");
  }
}
