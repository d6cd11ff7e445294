package io.pgplane.topology;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * A certificate and its private key.
 *
 * @param chain the file with the certificate and those that signed it
 * @param key the file with the private key, which may be the same
 * @param password opens a private key, or a PKCS#12 file, that is encrypted
 */
public record CertificateFiles(Path chain, Path key, Optional<String> password) {

  /** With a key that is not encrypted. */
  public CertificateFiles(Path chain, Path key) {
    this(chain, key, Optional.empty());
  }

  /** The files that are read for it. */
  public Set<Path> paths() {
    return chain.equals(key) ? Set.of(chain) : Set.of(chain, key);
  }

  @Override
  public String toString() {
    return "CertificateFiles[chain=" + chain + ", key=" + key + "]";
  }
}
