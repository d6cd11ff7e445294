package io.pgplane.config;

import io.pgplane.config.Values.Refused;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.jspecify.annotations.Nullable;

/** The types of files that hold certificates and keys; their reading blocks. */
final class PemFile {
  static final Type<Path> CERTIFICATES =
      Scalars.text("the path of a PEM file with certificates", PemFile::certificates);
  static final Type<Path> KEY =
      Scalars.text("the path of a PEM file with a private key (PKCS#8)", PemFile::key);

  private PemFile() {}

  private static Path certificates(String text) {
    Path path = path(text);
    if (first(path) instanceof X509CertificateHolder) {
      return path;
    }
    throw Scalars.refused("no certificate in PEM format at the start of " + Found.quoted(text));
  }

  private static Path key(String text) {
    Path path = path(text);
    Object first = first(path);
    if (first instanceof PrivateKeyInfo) {
      return path;
    }
    String file = Found.quoted(text);
    if (first instanceof PKCS8EncryptedPrivateKeyInfo) {
      throw Scalars.refused("the key in " + file + " is encrypted, which is not supported");
    } else if (first instanceof PEMKeyPair) {
      throw Scalars.refused(
          "the key in " + file + " is not in PKCS#8; convert it: openssl pkcs8 -topk8 -nocrypt");
    }
    throw Scalars.refused("no private key in PEM format at the start of " + file);
  }

  private static Path path(String text) {
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

  /** The first object in a file; null if it holds none that can be read. */
  private static @Nullable Object first(Path path) throws Refused {
    try (Reader reader = Files.newBufferedReader(path, StandardCharsets.UTF_8);
        PEMParser parser = new PEMParser(reader)) {
      return parser.readObject();
    } catch (IOException e) {
      return null;
    }
  }
}
