package io.pgplane.topology;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How the connections to a backend's servers are protected.
 *
 * @param mode if the file says one; see {@link #modeFor}
 * @param ca PEM file of the certificates that may sign a server's; the system's where empty
 * @param shown the certificate for servers that ask for one
 * @param ciphers of TLS 1.2, by their IANA names; those of TLS 1.3 are always on
 */
public record ServerTls(
    Optional<Mode> mode,
    Optional<Path> ca,
    Optional<CertificateFiles> shown,
    List<String> ciphers) {
  public static final ServerTls DEFAULTS =
      new ServerTls(Optional.empty(), Optional.empty(), Optional.empty(), CipherSuites.STRONG);

  public ServerTls {
    ciphers = List.copyOf(ciphers);
  }

  /** Without a certificate of pgplane's own, and with strong cipher suites alone. */
  public ServerTls(Mode mode, Optional<Path> ca) {
    this(Optional.of(mode), ca, Optional.empty(), CipherSuites.STRONG);
  }

  /** The mode towards a server of this name or address. */
  public Mode modeFor(String host) {
    return mode.orElseGet(() -> Mode.defaultFor(host));
  }

  /** Whether the server's certificate must be one that is trusted. */
  public boolean verifies() {
    return mode.filter(Mode::verifies).isPresent();
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

    /**
     * The mode where the file says none. It depends on what the file calls the server alone, never
     * on what the name service says.
     */
    public static Mode defaultFor(String host) {
      return Server.isLoopback(host) ? PREFER : REQUIRE;
    }

    /** Whether a session may go in clear. */
    public boolean allowsClear() {
      return this == DISABLE || this == PREFER;
    }

    /** Whether the server has proved who it is once the handshake is through. */
    public boolean verifies() {
      return this == VERIFY_CA || this == VERIFY_FULL;
    }
  }
}
