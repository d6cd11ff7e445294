package io.pgplane.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.IPAddress;

/**
 * A certificate authority in a directory of PEM files, good for two months: no warning says that
 * they end.
 */
public final class Certificates {
  private static final SecureRandom RANDOM = new SecureRandom();

  private static final Duration VALIDITY = Duration.ofDays(60);

  private final Path directory;
  private final X500Name name = new X500Name("CN=pgplane test authority");
  private final KeyPair keys = keyPair(KeyType.EC_P256);
  private final Path ca;
  private final X509Certificate certificate;

  private Certificates(Path directory) throws IOException {
    this.directory = directory;
    this.ca = directory.resolve("ca.crt");
    X509v3CertificateBuilder own =
        builder(name, name, keys)
            .addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
    this.certificate = sign(own, keys.getPrivate(), KeyType.EC_P256.signature);
  }

  /** The kind of key a certificate is for. */
  public enum KeyType {
    EC_P256("EC", "SHA256withECDSA"),
    RSA_2048("RSA", "SHA256withRSA"),
    ED25519("Ed25519", "Ed25519");

    private final String algorithm;
    private final String signature;

    KeyType(String algorithm, String signature) {
      this.algorithm = algorithm;
      this.signature = signature;
    }
  }

  /**
   * A certificate and its key as files.
   *
   * @param chain PEM
   * @param key PEM, PKCS#8
   */
  public record Issued(Path chain, Path key, X509Certificate certificate) {}

  /** Makes an authority, and writes its certificate to the directory. */
  public static Certificates in(Path directory) {
    try {
      Certificates authority = new Certificates(directory);
      writePem(authority.ca, authority.certificate);
      return authority;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Makes a certificate that vouches for itself.
   *
   * @param files the name of its files, without suffix
   * @param hosts DNS names and addresses
   */
  public static Issued selfSigned(Path directory, String files, KeyType type, String... hosts) {
    KeyPair keys = keyPair(type);
    X500Name subject = new X500Name("CN=" + hosts[0]);
    try {
      X509v3CertificateBuilder certificate =
          builder(subject, subject, keys)
              .addExtension(Extension.subjectAlternativeName, false, names(hosts));
      return write(directory, files, keys, sign(certificate, keys.getPrivate(), type.signature));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The file of the authority's certificate. */
  public Path ca() {
    return ca;
  }

  public X509Certificate certificate() {
    return certificate;
  }

  /** The authority as who signs certificates of other kinds. */
  public IssuedCertificate issuer() {
    return new IssuedCertificate(keys, certificate);
  }

  /**
   * Makes a certificate for a server.
   *
   * @param files the name of its files, without suffix
   * @param hosts DNS names and addresses
   */
  public Issued server(String files, KeyType type, String... hosts) {
    KeyPair serverKeys = keyPair(type);
    try {
      X509v3CertificateBuilder certificate =
          builder(new X500Name("CN=" + hosts[0]), name, serverKeys)
              .addExtension(Extension.subjectAlternativeName, false, names(hosts));
      return write(directory, files, serverKeys, sign(certificate));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Makes a certificate for a database user, who is its common name. */
  public Issued client(String user) {
    return client(user, VALIDITY);
  }

  /** The same for another time. */
  public Issued client(String user, Duration validity) {
    return issue(user, new X500Name("CN=" + user), validity);
  }

  /** Makes a certificate for anybody, as in {@code CN=alice,O=example}. */
  public Issued subject(String distinguishedName) {
    return issue("subject", new X500Name(distinguishedName), VALIDITY);
  }

  private Issued issue(String files, X500Name subject, Duration validity) {
    KeyPair subjectKeys = keyPair(KeyType.EC_P256);
    X509v3CertificateBuilder certificate = builder(subject, name, subjectKeys, validity);
    return write(directory, files, subjectKeys, sign(certificate));
  }

  private X509Certificate sign(X509v3CertificateBuilder certificate) {
    return sign(certificate, keys.getPrivate(), KeyType.EC_P256.signature);
  }

  private static KeyPair keyPair(KeyType type) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(type.algorithm);
      switch (type) {
        case EC_P256 -> generator.initialize(new ECGenParameterSpec("secp256r1"));
        case RSA_2048 -> generator.initialize(2048);
        case ED25519 -> {}
      }
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has RSA and P-256", e);
    }
  }

  private static X509v3CertificateBuilder builder(X500Name subject, X500Name issuer, KeyPair keys) {
    return builder(subject, issuer, keys, VALIDITY);
  }

  private static X509v3CertificateBuilder builder(
      X500Name subject, X500Name issuer, KeyPair keys, Duration validity) {
    Instant now = Instant.now();
    return new JcaX509v3CertificateBuilder(
        issuer,
        new BigInteger(64, RANDOM),
        Date.from(now.minus(Duration.ofHours(1))),
        Date.from(now.plus(validity)),
        subject,
        keys.getPublic());
  }

  private static GeneralNames names(String... hosts) {
    return new GeneralNames(
        List.of(hosts).stream()
            .distinct()
            .map(
                host ->
                    new GeneralName(
                        IPAddress.isValid(host) ? GeneralName.iPAddress : GeneralName.dNSName,
                        host))
            .toArray(GeneralName[]::new));
  }

  private static X509Certificate sign(
      X509v3CertificateBuilder certificate, PrivateKey key, String algorithm) {
    try {
      return new JcaX509CertificateConverter()
          .getCertificate(certificate.build(new JcaContentSignerBuilder(algorithm).build(key)));
    } catch (OperatorCreationException | GeneralSecurityException e) {
      throw new IllegalStateException("could not sign a certificate", e);
    }
  }

  private static Issued write(
      Path directory, String files, KeyPair keys, X509Certificate certificate) {
    Path chain = directory.resolve(files + ".crt");
    Path key = directory.resolve(files + ".key");
    try {
      writePem(chain, certificate);
      writePem(key, new JcaPKCS8Generator(keys.getPrivate(), null));
      // libpq refuses a key that others may read.
      Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Issued(chain, key, certificate);
  }

  private static void writePem(Path file, Object content) throws IOException {
    try (JcaPEMWriter writer =
        new JcaPEMWriter(Files.newBufferedWriter(file, StandardCharsets.US_ASCII))) {
      writer.writeObject(content);
    }
  }
}
