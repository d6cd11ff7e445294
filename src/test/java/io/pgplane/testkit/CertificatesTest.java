package io.pgplane.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.testkit.Certificates.Issued;
import io.pgplane.testkit.Certificates.KeyType;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CertificatesTest {
  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource
  void signsAServerCertificateForNamesAndAddresses(KeyType type) throws Exception {
    Certificates authority = Certificates.in(directory);

    Issued issued = authority.server("server", type, "localhost", "127.0.0.1");

    X509Certificate certificate = read(issued.chain());
    certificate.verify(read(authority.ca()).getPublicKey());
    assertThat(certificate.getSubjectAlternativeNames())
        .containsExactlyInAnyOrder(List.of(2, "localhost"), List.of(7, "127.0.0.1"));
    assertThat(certificate.getSigAlgName()).isEqualTo("SHA256withECDSA");
  }

  @Test
  void writesAKeyThatOnlyItsOwnerReads() throws Exception {
    Issued issued = Certificates.in(directory).client("alice");

    assertThat(Files.readString(issued.key())).startsWith("-----BEGIN PRIVATE KEY-----");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(issued.key())))
        .isEqualTo("rw-------");
    assertThat(read(issued.chain()).getSubjectX500Principal().getName()).isEqualTo("CN=alice");
  }

  @Test
  void makesACertificateThatVouchesForItself() throws Exception {
    Issued issued = Certificates.selfSigned(directory, "self", KeyType.RSA_2048, "localhost");

    X509Certificate certificate = read(issued.chain());
    certificate.verify(certificate.getPublicKey());
    assertThat(certificate.getSigAlgName()).isEqualTo("SHA256withRSA");
  }

  private static X509Certificate read(Path pem) throws Exception {
    try (InputStream in = Files.newInputStream(pem)) {
      return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
    }
  }
}
