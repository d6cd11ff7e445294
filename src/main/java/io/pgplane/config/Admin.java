package io.pgplane.config;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pgplane.topology.CertificateFiles;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The port for those who operate pgplane.
 *
 * @param host the address to bind
 * @param port the port to bind; 0 takes a free one
 * @param tokens who may use the API; without any, nobody may
 * @param metricsToken whether the metrics, too, are for tokens only
 * @param tls what it shows; it is in clear if this is empty
 * @param drainDelay how long clients are still taken while the port says that the member drains
 */
public record Admin(
    String host,
    int port,
    List<Token> tokens,
    boolean metricsToken,
    Optional<CertificateFiles> tls,
    Duration drainDelay) {
  public Admin {
    tokens = List.copyOf(tokens);
  }

  /** What a token lets its holder do; each includes those before it. */
  public enum Rights {
    /** See everything but secrets. */
    READ,
    /** End sessions, and what else passes by itself. */
    OPERATE,
    /** Change users, routes and backends. */
    ADMINISTER;

    /** Whether it lets do what needs the other one. */
    public boolean include(Rights needed) {
      return compareTo(needed) >= 0;
    }
  }

  /**
   * Who may use the API.
   *
   * @param name stands in the history of what was changed with it
   * @param digest of what is shown as {@code Authorization: Bearer}
   */
  public record Token(String name, String digest, Rights rights) {
    /** SHA-256 in lower-case hexadecimal digits; a token is random, so it needs no salt. */
    public static String digest(String secret) {
      try {
        MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
        return HexFormat.of().formatHex(sha256.digest(secret.getBytes(UTF_8)));
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every Java has SHA-256", e);
      }
    }

    @Override
    public String toString() {
      return "Token[name=" + name + ", rights=" + rights + "]";
    }
  }

  /**
   * The certificate that it shows, read anew; blocks.
   *
   * @throws UnusableFileException if it cannot be read any more
   */
  public Optional<CertifiedKey> certifiedKey() throws UnusableFileException {
    return tls.isEmpty() ? Optional.empty() : Optional.of(CertifiedKey.load(tls.get()));
  }

  Set<Path> files() {
    return tls.map(CertificateFiles::paths).orElse(Set.of());
  }
}
