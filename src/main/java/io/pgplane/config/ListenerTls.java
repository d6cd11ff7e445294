package io.pgplane.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * How a listener answers an SSLRequest.
 *
 * @param certificate what it shows; there unless the mode is {@link Mode#DISABLE}
 */
public record ListenerTls(Mode mode, Optional<CertificateFiles> certificate) {
  public static final ListenerTls DISABLED = new ListenerTls(Mode.DISABLE, Optional.empty());

  /** What clients get, or must use. */
  public enum Mode {
    /** TLS is refused; the session goes on in clear. */
    DISABLE,
    /** TLS for those who ask. */
    ALLOW,
    /** No login in clear; a CancelRequest in clear is taken, since old clients send no other. */
    REQUIRE
  }

  /**
   * A certificate and its key.
   *
   * @param chain PEM file: the certificate, then those that signed it
   * @param key PEM file: the private key, PKCS#8, not encrypted
   */
  public record CertificateFiles(Path chain, Path key) {}
}
