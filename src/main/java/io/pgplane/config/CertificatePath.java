package io.pgplane.config;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** The types of paths of files that hold certificates and keys; their reading blocks. */
final class CertificatePath {
  /** Certificates to trust. */
  static final Type<Path> AUTHORITIES =
      Scalars.text("the path of a PEM file with certificates", CertificatePath::authorities);

  /** A certificate to show; it is read together with its key. */
  static final Type<Path> CHAIN =
      Scalars.text("the path of a file with a certificate (PEM or PKCS#12)", CertificatePath::file);

  static final Type<Path> KEY =
      Scalars.text("the path of a file with a private key", CertificatePath::file);

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
    try {
      Path path = Path.of(text);
      if (!text.isEmpty() && Files.isRegularFile(path) && Files.isReadable(path)) {
        return path;
      }
      throw Scalars.refused(
          (Files.exists(path) ? "not a readable file: " : "no such file: ") + Found.quoted(text));
    } catch (InvalidPathException e) {
      throw Scalars.refused("not a path: " + Found.quoted(text));
    }
  }
}
