package io.pgplane.dataplane.auth;

import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.ASN1String;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;

/**
 * Whom a client certificate is for.
 *
 * @param text empty if its subject has no common name, or more than one
 */
record CommonName(Optional<String> text) {

  static CommonName of(X509Certificate certificate) {
    try {
      RDN[] names = new JcaX509CertificateHolder(certificate).getSubject().getRDNs(BCStyle.CN);
      return new CommonName(
          names.length == 1 && names[0].getFirst().getValue() instanceof ASN1String name
              ? Optional.of(name.getString())
              : Optional.empty());
    } catch (CertificateEncodingException | RuntimeException e) {
      return new CommonName(Optional.empty());
    }
  }

  boolean isOneOf(Set<String> names) {
    return text.filter(names::contains).isPresent();
  }

  /** For the log. */
  @Override
  public String toString() {
    return text.map(name -> "the certificate of \"" + name + "\"")
        .orElse("a certificate without a common name, or with several,");
  }
}
