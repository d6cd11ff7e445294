package io.pgplane.dataplane.tls;

import java.security.GeneralSecurityException;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.PKIXCertPathBuilderResult;
import java.security.cert.PKIXCertPathChecker;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Whose certificates are trusted, by the rules of OpenSSL as PostgreSQL and libpq use it ({@code
 * X509_verify_cert} with its defaults): a chain ends at a self-signed certificate that is trusted,
 * and all in it, that one too, are valid now and fit for the purpose.
 *
 * <p>The JDK builds and validates the chain. What OpenSSL takes beyond that is refused here: an
 * intermediate without basicConstraints, one whose common name reads like a DNS name that the
 * authorities above it do not sign for, and what {@code jdk.certpath.disabledAlgorithms} names.
 */
final class CertificateRules {
  private static final int LONGEST = 10;

  /** The search for a path looks at each about twice, on an event loop. */
  private static final int MOST_SHOWN = 20;

  private final List<X509Certificate> authorities;
  private final Set<TrustAnchor> anchors = new HashSet<>();
  private final Purpose purpose;

  CertificateRules(Collection<X509Certificate> authorities, Purpose purpose) {
    this.authorities = List.copyOf(authorities);
    this.purpose = purpose;
    for (X509Certificate authority : authorities) {
      if (isSelfSigned(authority)) {
        anchors.add(new TrustAnchor(authority, null));
      }
    }
  }

  List<X509Certificate> authorities() {
    return authorities;
  }

  /**
   * Checks what a peer has shown, its own certificate first, the others in any order.
   *
   * @throws CertificateException if it is not to be trusted
   */
  void check(X509Certificate[] shown) throws CertificateException {
    if (shown.length > MOST_SHOWN) {
      throw new CertificateException(shown.length + " certificates are too many");
    }
    X509Certificate own = shown[0];
    if (anchors.stream().anyMatch(anchor -> own.equals(anchor.getTrustedCert()))) {
      own.checkValidity();
      purpose.checkOwn(own);
      return;
    }
    PKIXCertPathBuilderResult chain = chain(shown);
    X509Certificate root = chain.getTrustAnchor().getTrustedCert();
    root.checkValidity();
    purpose.checkAuthority(root);
    RootConstraints.check(
        root,
        chain.getCertPath().getCertificates().stream().map(X509Certificate.class::cast).toList());
  }

  private PKIXCertPathBuilderResult chain(X509Certificate[] shown) throws CertificateException {
    if (anchors.isEmpty()) {
      throw new CertificateException("no self-signed certificate is among the authorities");
    }
    try {
      return (PKIXCertPathBuilderResult)
          CertPathBuilder.getInstance("PKIX").build(parameters(shown));
    } catch (GeneralSecurityException e) {
      throw new CertificateException(reason(e), e);
    }
  }

  private PKIXBuilderParameters parameters(X509Certificate[] shown)
      throws GeneralSecurityException {
    X509CertSelector target = new X509CertSelector();
    target.setCertificate(shown[0]);
    List<X509Certificate> known = new ArrayList<>(Arrays.asList(shown));
    known.addAll(authorities);
    PKIXBuilderParameters parameters = new PKIXBuilderParameters(anchors, target);
    parameters.setRevocationEnabled(false);
    parameters.setMaxPathLength(LONGEST);
    parameters.addCertStore(
        CertStore.getInstance("Collection", new CollectionCertStoreParameters(known)));
    parameters.addCertPathChecker(new PurposeChecker(purpose, shown[0]));
    return parameters;
  }

  private static String reason(Throwable e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return String.valueOf(root.getMessage());
  }

  private static boolean isSelfSigned(X509Certificate certificate) {
    try {
      certificate.verify(certificate.getPublicKey());
      return certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal());
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  /** Looks at each certificate of a chain but the trusted one. */
  private static final class PurposeChecker extends PKIXCertPathChecker {
    private static final String EXTENDED_KEY_USAGE = "2.5.29.37";

    private final Purpose purpose;
    private final X509Certificate own;

    PurposeChecker(Purpose purpose, X509Certificate own) {
      this.purpose = purpose;
      this.own = own;
    }

    @Override
    public void init(boolean forward) {}

    @Override
    public boolean isForwardCheckingSupported() {
      return true;
    }

    @Override
    public Set<String> getSupportedExtensions() {
      return Set.of(EXTENDED_KEY_USAGE);
    }

    @Override
    public void check(Certificate certificate, Collection<String> unresolved)
        throws CertPathValidatorException {
      X509Certificate x509 = (X509Certificate) certificate;
      try {
        if (x509.equals(own)) {
          purpose.checkOwn(x509);
        } else {
          purpose.checkAuthority(x509);
        }
      } catch (CertificateException e) {
        throw new CertPathValidatorException(e.getMessage(), e);
      }
      unresolved.remove(EXTENDED_KEY_USAGE);
    }
  }
}
