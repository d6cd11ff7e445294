package io.pgplane.controlplane.memberport;

import io.pgplane.crypto.ClusterSecret;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.Date;
import java.util.stream.IntStream;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.ECNamedDomainParameters;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.signers.DSADigestSigner;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.HMacDSAKCalculator;
import org.bouncycastle.crypto.util.PrivateKeyInfoFactory;
import org.bouncycastle.crypto.util.SubjectPublicKeyInfoFactory;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;
import org.bouncycastle.operator.ContentSigner;

/**
 * A key of P-256 and its self-signed certificate, made of a secret. Both are the same bytes
 * wherever they are made, since the signature is deterministic (RFC 6979).
 */
record SecretCertificate(PrivateKey key, X509Certificate certificate) {
  private static final X500Name NAME = new X500Name("CN=pgplane member");

  /** The certificate has no end of its own: it ends with the secret (RFC 5280, 4.1.2.5). */
  private static final Instant NO_END = Instant.parse("9999-12-31T23:59:59Z");

  /** Blocks before the secret is stretched. */
  static SecretCertificate of(ClusterSecret secret) {
    ECNamedDomainParameters curve =
        new ECNamedDomainParameters(
            SECObjectIdentifiers.secp256r1, CustomNamedCurves.getByName("secp256r1"));
    BigInteger d = scalar(secret, curve.getN());
    ECPrivateKeyParameters own = new ECPrivateKeyParameters(d, curve);
    ECPublicKeyParameters shown =
        new ECPublicKeyParameters(
            new FixedPointCombMultiplier().multiply(curve.getG(), d).normalize(), curve);
    try {
      byte[] key = PrivateKeyInfoFactory.createPrivateKeyInfo(own).getEncoded();
      byte[] certificate =
          certificate(SubjectPublicKeyInfoFactory.createSubjectPublicKeyInfo(shown), own);
      return new SecretCertificate(
          KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(key)),
          (X509Certificate)
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(new ByteArrayInputStream(certificate)));
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A private key: the first that is one, of those that the secret gives. */
  private static BigInteger scalar(ClusterSecret secret, BigInteger order) {
    return IntStream.iterate(0, i -> i + 1)
        .mapToObj(i -> new BigInteger(1, secret.key("member tls " + i)))
        .filter(d -> d.signum() > 0 && d.compareTo(order) < 0)
        .findFirst()
        .orElseThrow();
  }

  private static byte[] certificate(SubjectPublicKeyInfo shown, ECPrivateKeyParameters own)
      throws IOException {
    return new X509v3CertificateBuilder(
            NAME, BigInteger.ONE, Date.from(Instant.EPOCH), Date.from(NO_END), NAME, shown)
        .build(new Signer(own))
        .getEncoded();
  }

  @Override
  public String toString() {
    return "SecretCertificate";
  }

  private static final class Signer implements ContentSigner {
    private final ByteArrayOutputStream signed = new ByteArrayOutputStream();
    private final ECPrivateKeyParameters key;

    Signer(ECPrivateKeyParameters key) {
      this.key = key;
    }

    @Override
    public AlgorithmIdentifier getAlgorithmIdentifier() {
      return new AlgorithmIdentifier(X9ObjectIdentifiers.ecdsa_with_SHA256);
    }

    @Override
    public OutputStream getOutputStream() {
      return signed;
    }

    @Override
    public byte[] getSignature() {
      DSADigestSigner signer =
          new DSADigestSigner(
              new ECDSASigner(new HMacDSAKCalculator(new SHA256Digest())), new SHA256Digest());
      signer.init(true, key);
      byte[] bytes = signed.toByteArray();
      signer.update(bytes, 0, bytes.length);
      return signer.generateSignature();
    }
  }
}
