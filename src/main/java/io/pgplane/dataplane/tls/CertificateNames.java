package io.pgplane.dataplane.tls;

import java.io.IOException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1String;
import org.bouncycastle.asn1.DERIA5String;
import org.bouncycastle.asn1.x500.AttributeTypeAndValue;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509CertificateHolder;

/** The names in a certificate, as they stand there. */
public final class CertificateNames {
  private CertificateNames() {}

  /** The certificate for those who read what stands in it. */
  public static X509CertificateHolder holder(X509Certificate certificate)
      throws CertificateException {
    try {
      return new X509CertificateHolder(certificate.getEncoded());
    } catch (IOException e) {
      throw new CertificateException("the certificate cannot be read", e);
    }
  }

  /** All of subjectAltName. */
  public static GeneralName[] alternative(X509CertificateHolder certificate)
      throws CertificateException {
    try {
      GeneralNames names =
          GeneralNames.fromExtensions(
              certificate.getExtensions(), Extension.subjectAlternativeName);
      return names == null ? new GeneralName[0] : names.getNames();
    } catch (RuntimeException e) {
      throw new CertificateException("the alternative names cannot be read", e);
    }
  }

  /** The first common name. */
  static Optional<String> common(X509CertificateHolder certificate) {
    return Stream.of(certificate.getSubject().getRDNs(BCStyle.CN))
        .flatMap(rdn -> Stream.of(rdn.getTypesAndValues()))
        .filter(part -> part.getType().equals(BCStyle.CN))
        .map(AttributeTypeAndValue::getValue)
        .filter(ASN1String.class::isInstance)
        .map(text -> ((ASN1String) text).getString())
        .findFirst();
  }

  /** A DNS name, of whatever characters. */
  static GeneralName dns(String name) {
    return new GeneralName(GeneralName.dNSName, new DERIA5String(name));
  }
}
