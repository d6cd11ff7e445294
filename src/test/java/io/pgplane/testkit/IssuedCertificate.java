package io.pgplane.testkit;

import io.pgplane.testkit.Certificates.Issued;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;

/** A certificate of any kind that is found in the wild, with its key. */
public record IssuedCertificate(KeyPair keys, X509Certificate certificate) {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final BouncyCastleProvider PROVIDER = new BouncyCastleProvider();

  /** Making keys of RSA takes long, so those of a kind are made once. */
  private static final Map<String, KeyPair> KEYS = new ConcurrentHashMap<>();

  /** Begins one for this subject, such as {@code CN=localhost}: it signs itself as it stands. */
  public static Request of(String subject) {
    return of(new X500Name(subject));
  }

  /** The same for a subject of any parts. */
  public static Request of(X500Name subject) {
    return new Request(subject);
  }

  /** Writes the key, and the chain: this one and others. */
  public Issued write(Path directory, String name, IssuedCertificate... others) throws IOException {
    Path chain = directory.resolve(name + ".crt");
    Path key = directory.resolve(name + ".key");
    List<Object> all = new ArrayList<>(List.of(certificate));
    for (IssuedCertificate other : others) {
      all.add(other.certificate);
    }
    Files.writeString(chain, KeyForm.text(all.toArray()));
    Files.writeString(key, KeyForm.text(new JcaPKCS8Generator(keys.getPrivate(), null)));
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
    return new Issued(chain, key, certificate);
  }

  /** What it shall be; each setting changes it. */
  public static final class Request {
    private final X500Name subject;
    private String key = "P-256";
    private @Nullable IssuedCertificate issuer;
    private String signature = "";
    private Duration from = Duration.ofHours(-1);
    private Duration to = Duration.ofDays(1);
    private final List<GeneralName> names = new ArrayList<>();
    private boolean authority;
    private @Nullable Integer pathLength;
    private @Nullable NameConstraints constraints;
    private int usage;
    private KeyPurposeId[] extendedUsage = {};

    private Request(X500Name subject) {
      this.subject = subject;
    }

    /** {@code RSA-2048}, {@code P-521}, {@code Ed25519} ... */
    public Request key(String kind) {
      key = kind;
      return this;
    }

    public Request by(IssuedCertificate signer) {
      issuer = signer;
      return this;
    }

    /** By this algorithm, in Java's words. */
    public Request signature(String algorithm) {
      signature = algorithm;
      return this;
    }

    /** From and to, as seen from now. */
    public Request valid(Duration begin, Duration end) {
      from = begin;
      to = end;
      return this;
    }

    public Request dns(String name) {
      names.add(new GeneralName(GeneralName.dNSName, name));
      return this;
    }

    public Request address(String ip) {
      names.add(new GeneralName(GeneralName.iPAddress, ip));
      return this;
    }

    public Request email(String address) {
      names.add(new GeneralName(GeneralName.rfc822Name, address));
      return this;
    }

    public Request authority() {
      authority = true;
      return this;
    }

    /** How many other authorities may stand between this one and a peer's certificate. */
    public Request pathLength(int most) {
      pathLength = most;
      return this;
    }

    /** Signs for DNS names below this one alone. */
    public Request permits(String dns) {
      constraints = new NameConstraints(below(dns), null);
      return this;
    }

    /** Signs for DNS names but those below this one. */
    public Request excludes(String dns) {
      constraints = new NameConstraints(null, below(dns));
      return this;
    }

    private static GeneralSubtree[] below(String dns) {
      return new GeneralSubtree[] {new GeneralSubtree(new GeneralName(GeneralName.dNSName, dns))};
    }

    /** Bits of {@link KeyUsage}. */
    public Request usage(int bits) {
      usage = bits;
      return this;
    }

    public Request extendedUsage(KeyPurposeId... purposes) {
      extendedUsage = purposes.clone();
      return this;
    }

    /** Signs it. */
    public IssuedCertificate issue() {
      try {
        KeyPair own = authority ? make(key) : KEYS.computeIfAbsent(key, Request::make);
        KeyPair signer = issuer == null ? own : issuer.keys;
        Instant now = Instant.now();
        X509v3CertificateBuilder builder =
            new JcaX509v3CertificateBuilder(
                issuer == null
                    ? subject
                    : X500Name.getInstance(
                        issuer.certificate.getSubjectX500Principal().getEncoded()),
                new BigInteger(64, RANDOM),
                Date.from(now.plus(from)),
                Date.from(now.plus(to)),
                subject,
                own.getPublic());
        extend(builder);
        return new IssuedCertificate(
            own,
            new JcaX509CertificateConverter()
                .getCertificate(
                    builder.build(
                        new JcaContentSignerBuilder(algorithm(signer))
                            .setProvider(PROVIDER)
                            .build(signer.getPrivate()))));
      } catch (IOException | GeneralSecurityException | OperatorCreationException e) {
        throw new IllegalStateException(e);
      }
    }

    private void extend(X509v3CertificateBuilder builder) throws IOException {
      if (authority) {
        builder.addExtension(
            Extension.basicConstraints,
            true,
            pathLength == null ? new BasicConstraints(true) : new BasicConstraints(pathLength));
      }
      if (constraints != null) {
        builder.addExtension(Extension.nameConstraints, true, constraints);
      }
      if (!names.isEmpty()) {
        builder.addExtension(
            Extension.subjectAlternativeName,
            false,
            new GeneralNames(names.toArray(GeneralName[]::new)));
      }
      if (usage != 0) {
        builder.addExtension(Extension.keyUsage, true, new KeyUsage(usage));
      }
      if (extendedUsage.length > 0) {
        builder.addExtension(
            Extension.extendedKeyUsage, false, new ExtendedKeyUsage(extendedUsage));
      }
    }

    private String algorithm(KeyPair signer) {
      if (!signature.isEmpty()) {
        return signature;
      }
      return switch (signer.getPrivate().getAlgorithm()) {
        case "RSA" -> "SHA256withRSA";
        case "EC" -> "SHA256withECDSA";
        default -> "Ed25519";
      };
    }

    private static KeyPair make(String kind) {
      try {
        KeyPairGenerator generator =
            KeyPairGenerator.getInstance(
                kind.startsWith("RSA") ? "RSA" : kind.startsWith("P-") ? "EC" : kind);
        if (kind.startsWith("RSA")) {
          generator.initialize(Integer.parseInt(kind.substring(4)));
        } else if (kind.startsWith("P-")) {
          generator.initialize(new ECGenParameterSpec("secp" + kind.substring(2) + "r1"));
        }
        return generator.generateKeyPair();
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
