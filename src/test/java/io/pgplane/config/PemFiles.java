package io.pgplane.config;

import java.io.IOException;
import java.io.Writer;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Real certificate and key files for configurations to name. */
final class PemFiles {
  private PemFiles() {}

  /** Writes server.crt, server.key (PKCS#8) and legacy.key (not PKCS#8). */
  static void write(Path directory) throws IOException {
    Files.createDirectories(directory);
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(256);
      KeyPair keys = generator.generateKeyPair();
      write(directory.resolve("server.crt"), certificate(keys));
      write(directory.resolve("server.key"), new JcaPKCS8Generator(keys.getPrivate(), null));
      write(directory.resolve("legacy.key"), keys.getPrivate());
      for (String key : List.of("server.key", "legacy.key")) {
        Files.setPosixFilePermissions(
            directory.resolve(key), PosixFilePermissions.fromString("rw-------"));
      }
    } catch (GeneralSecurityException | OperatorException e) {
      throw new IllegalStateException(e);
    }
  }

  private static X509CertificateHolder certificate(KeyPair keys) throws OperatorException {
    X500Name name = new X500Name("CN=localhost");
    Instant now = Instant.now();
    return new X509v3CertificateBuilder(
            name,
            BigInteger.ONE,
            Date.from(now),
            Date.from(now.plusSeconds(3600)),
            name,
            SubjectPublicKeyInfo.getInstance(keys.getPublic().getEncoded()))
        .build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate()));
  }

  private static void write(Path file, Object content) throws IOException {
    try (Writer text = Files.newBufferedWriter(file);
        JcaPEMWriter writer = new JcaPEMWriter(text)) {
      writer.writeObject(content);
    }
  }
}
