package io.pgplane.dataplane.tls;

import java.security.cert.X509Certificate;
import java.util.Optional;

/**
 * What the TLS of one client's connection says, for its login and its route.
 *
 * @param encrypted whether there is TLS at all
 * @param endPoint the tls-server-end-point of the certificate that this handshake used, if it has
 *     one
 * @param serverName the host name that the client asked for (SNI), in lower case
 * @param certificate the client's own, which one of the listener's authorities has signed
 */
public record ClientTls(
    boolean encrypted,
    Optional<byte[]> endPoint,
    Optional<String> serverName,
    Optional<X509Certificate> certificate) {
  /** A connection in clear. */
  public static final ClientTls NONE =
      new ClientTls(false, Optional.empty(), Optional.empty(), Optional.empty());
}
