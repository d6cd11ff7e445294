package io.pgplane.config;

import static io.pgplane.config.Key.optional;

import io.pgplane.config.UnusableFileException.Part;
import io.pgplane.topology.CertificateFiles;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The keys that name a certificate and its private key, wherever they stand in the file. */
final class CertificateKeys {
  private final Key<Path> chain;
  private final Key<Path> key;
  private final Key<String> password;

  /**
   * The private key's keys beside that of the certificate.
   *
   * @param chain names the file of the certificate and its chain
   */
  CertificateKeys(Key<Path> chain) {
    this.chain = chain;
    this.key =
        optional(
            "key",
            CertificatePath.KEY,
            "Its private key: PEM (PKCS#8, PKCS#1 or SEC1), DER or PKCS#12; in the same file as"
                + " `"
                + chain.name()
                + "` if it is left out.");
    this.password =
        optional("keyPassword", Scalars.PASSWORD, "Opens a private key that is encrypted.");
  }

  /** All of them, behind others. */
  List<Key<?>> after(Key<?>... others) {
    return Stream.concat(Stream.of(others), Stream.of(chain, key, password)).toList();
  }

  /**
   * The files that they name, which are read for a try; empty if they name none.
   *
   * @throws Values.Refused if they are not a certificate and its key
   */
  Optional<CertificateFiles> find(Values values) {
    Optional<Path> certificate = values.find(chain);
    if (certificate.isEmpty()) {
      for (Key<?> other : List.of(key, password)) {
        if (values.find(other).isPresent()) {
          throw Values.refused(chain.name(), "missing; there is a " + other.name());
        }
      }
      return Optional.empty();
    }
    CertificateFiles files =
        new CertificateFiles(
            certificate.get(), values.find(key).orElse(certificate.get()), values.find(password));
    Optional<UnusableFileException> wrong = values.problems().of(files);
    if (wrong.isPresent()) {
      boolean hidden = values.problems().hidesFiles();
      throw Values.refused(
          hidden ? chain.name() : name(wrong.get().part()),
          values.problems().ofFile(wrong.get().getMessage()));
    }
    return Optional.of(files);
  }

  private String name(Part part) {
    return switch (part) {
      case CHAIN -> chain.name();
      case KEY -> key.name();
      case PASSWORD -> password.name();
    };
  }
}
