package io.pgplane.config;

import io.pgplane.topology.CertificateFiles;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How a listener meets clients that want TLS.
 *
 * @param certificates what it shows, the first to clients that ask for none of their names; at
 *     least one unless the mode is {@link Mode#DISABLE}
 * @param clientCa PEM file of the certificates that may sign a client's; none is asked for if empty
 */
public record ListenerTls(
    Mode mode,
    List<CertificateFiles> certificates,
    Optional<Path> clientCa,
    TlsParameters parameters) {
  public static final ListenerTls DISABLED =
      new ListenerTls(Mode.DISABLE, List.of(), Optional.empty(), TlsParameters.DEFAULTS);

  public ListenerTls {
    certificates = List.copyOf(certificates);
  }

  /** The files it names. */
  public Stream<Path> files() {
    return Stream.concat(
        clientCa.stream(), certificates.stream().flatMap(shown -> shown.paths().stream()));
  }

  /** What clients get, or must use. */
  public enum Mode {
    /** TLS is refused; the session goes on in clear. */
    DISABLE,
    /** TLS for those who ask. */
    ALLOW,
    /** No login in clear; a CancelRequest in clear is taken, since old clients send no other. */
    REQUIRE,
    /** No login without a client certificate that {@code clientCa} has signed. */
    VERIFY_CA,
    /** No login without a client certificate whose common name is one of the user's. */
    VERIFY_FULL;

    /** Whether no login in clear is taken. */
    public boolean requiresTls() {
      return this == REQUIRE || requiresCertificate();
    }

    /** Whether a login needs a client certificate. */
    public boolean requiresCertificate() {
      return this == VERIFY_CA || this == VERIFY_FULL;
    }
  }
}
