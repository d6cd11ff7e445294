package io.pgplane.dataplane.tls;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.oiw.OIWObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;
import org.bouncycastle.operator.DefaultDigestAlgorithmIdentifierFinder;

/** The channel binding {@code tls-server-end-point} (RFC 5929, section 4). */
final class EndPoint {
  private static final Set<ASN1ObjectIdentifier> TOO_WEAK =
      Set.of(PKCSObjectIdentifiers.md5, OIWObjectIdentifiers.idSHA1);
  private static final Set<ASN1ObjectIdentifier> WITHOUT_DIGEST =
      Set.of(EdECObjectIdentifiers.id_Ed25519, EdECObjectIdentifiers.id_Ed448);

  private EndPoint() {}

  /**
   * The hash of a server's certificate, by the digest of its signature, SHA-256 at least.
   *
   * @return nothing if its signature names no digest (Ed25519): it cannot be bound to
   */
  static Optional<byte[]> of(X509Certificate certificate) {
    try {
      AlgorithmIdentifier signature =
          new JcaX509CertificateHolder(certificate).getSignatureAlgorithm();
      if (WITHOUT_DIGEST.contains(signature.getAlgorithm())) {
        return Optional.empty();
      }
      ASN1ObjectIdentifier digest =
          new DefaultDigestAlgorithmIdentifierFinder().find(signature).getAlgorithm();
      ASN1ObjectIdentifier strong =
          TOO_WEAK.contains(digest) ? NISTObjectIdentifiers.id_sha256 : digest;
      return Optional.of(
          MessageDigest.getInstance(strong.getId()).digest(certificate.getEncoded()));
    } catch (GeneralSecurityException | RuntimeException e) {
      return Optional.empty();
    }
  }
}
