package io.pgplane.dataplane.tls;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.NameConstraintValidatorException;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.asn1.x509.PKIXNameConstraintValidator;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * The names that a trusted root signs for (RFC 5280, section 4.2.1.10). The JDK holds a chain
 * against what its intermediates say of names, but not against what its root says; OpenSSL does
 * both.
 */
final class RootConstraints {
  private RootConstraints() {}

  /**
   * Checks the names of a chain.
   *
   * @param chain a peer's own certificate first, without the root
   * @throws CertificateException if the root does not sign for one of them
   */
  static void check(X509Certificate root, List<X509Certificate> chain) throws CertificateException {
    Extension extension = CertificateNames.holder(root).getExtension(Extension.nameConstraints);
    if (extension == null) {
      return;
    }
    NameConstraints constraints = NameConstraints.getInstance(extension.getParsedValue());
    PKIXNameConstraintValidator validator = new PKIXNameConstraintValidator();
    if (constraints.getPermittedSubtrees() != null) {
      validator.intersectPermittedSubtree(constraints.getPermittedSubtrees());
    }
    if (constraints.getExcludedSubtrees() != null) {
      for (GeneralSubtree excluded : constraints.getExcludedSubtrees()) {
        validator.addExcludedSubtree(excluded);
      }
    }
    for (int i = 0; i < chain.size(); i++) {
      X509CertificateHolder holder = CertificateNames.holder(chain.get(i));
      boolean selfIssued = holder.getSubject().equals(holder.getIssuer());
      if (i == 0 || !selfIssued) {
        check(validator, holder, i == 0);
      }
    }
  }

  private static void check(
      PKIXNameConstraintValidator validator, X509CertificateHolder holder, boolean own)
      throws CertificateException {
    X500Name subject = holder.getSubject();
    List<GeneralName> names = List.of(CertificateNames.alternative(holder));
    Optional<GeneralName> common =
        own && names.stream().noneMatch(name -> name.getTagNo() == GeneralName.dNSName)
            ? CertificateNames.common(holder).map(CertificateNames::dns)
            : Optional.empty();
    try {
      validator.checkPermittedDN(subject);
      validator.checkExcludedDN(subject);
      for (GeneralName name : Stream.concat(names.stream(), common.stream()).toList()) {
        validator.checkPermitted(name);
        validator.checkExcluded(name);
      }
    } catch (NameConstraintValidatorException e) {
      throw new CertificateException(subject + ": its root does not sign for its names", e);
    }
  }
}
