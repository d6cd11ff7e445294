package io.pgplane.config;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/** The types of paths of files that hold certificates and keys; their reading blocks. */
final class CertificatePath {
  /** Certificates to trust. */
  static final Type<Path> AUTHORITIES =
      Scalars.text("the path of a PEM file with certificates", CertificatePath::authorities);

  /** A certificate to show; it is read together with its key. */
  static final Type<Path> CHAIN =
      new PrivateFile(
          new OneOfPair("the path of a file with a certificate (PEM or PKCS#12)"),
          Problems::holdsKey);

  static final Type<Path> KEY =
      new PrivateFile(
          new OneOfPair("the path of a file with a private key"), (problems, file) -> true);

  /**
   * One of two files that are read together. Where nothing may be told about files, both are looked
   * at only then: which of them is refused would tell which one there is.
   */
  private record OneOfPair(String words) implements Type<Path> {
    @Override
    public Optional<Path> read(Node node) {
      boolean hidden = node.problems().hidesFiles();
      return Scalars.text(words, hidden ? CertificatePath::path : CertificatePath::file).read(node);
    }
  }

  private CertificatePath() {}

  private static Path authorities(String text) {
    Path path = file(text);
    try {
      KeyFile.requireCertificate(path);
      return path;
    } catch (UnusableFileException e) {
      throw Scalars.refused(e.getMessage());
    }
  }

  private static Path file(String text) {
    Path path = path(text);
    if (!text.isEmpty() && Files.isRegularFile(path) && Files.isReadable(path)) {
      return path;
    }
    throw Scalars.refused(
        (Files.exists(path) ? "not a readable file: " : "no such file: ") + Found.quoted(text));
  }

  private static Path path(String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw Scalars.refused("not a path: " + Found.quoted(text));
    }
  }
}
