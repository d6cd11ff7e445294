package io.pgplane.topology;

import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How the connections to a backend's servers are protected.
 *
 * @param ca PEM file of the certificates that may sign a server's; the system's where empty
 * @param shown the certificate for servers that ask for one
 */
public record ServerTls(Mode mode, Optional<Path> ca, Optional<CertificateFiles> shown) {
  public static final ServerTls PREFER = new ServerTls(Mode.PREFER, Optional.empty());

  /** Without a certificate of pgplane's own. */
  public ServerTls(Mode mode, Optional<Path> ca) {
    this(mode, ca, Optional.empty());
  }

  /** The files it names. */
  public Stream<Path> files() {
    return Stream.concat(ca.stream(), shown.stream().flatMap(own -> own.paths().stream()));
  }

  /** The meaning is libpq's {@code sslmode}. */
  public enum Mode {
    DISABLE,
    PREFER,
    REQUIRE,
    VERIFY_CA,
    VERIFY_FULL;

    /** Whether the server has proved who it is once the handshake is through. */
    public boolean verifies() {
      return this == VERIFY_CA || this == VERIFY_FULL;
    }
  }
}
