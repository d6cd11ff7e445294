package io.pgplane.dataplane.tls;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The purpose that a certificate is shown for, and whether it allows that (OpenSSL, {@code
 * v3_purp.c}).
 */
enum Purpose {
  SERVER,
  CLIENT;

  private static final int DIGITAL_SIGNATURE = 0;
  private static final int KEY_ENCIPHERMENT = 2;
  private static final int KEY_AGREEMENT = 4;
  private static final int KEY_CERT_SIGN = 5;
  private static final int VERSION_1 = 1;

  /** serverAuth and both kinds of server gated cryptography. */
  private static final Set<String> FOR_SERVERS =
      Set.of("1.3.6.1.5.5.7.3.1", "2.16.840.1.113730.4.1", "1.3.6.1.4.1.311.10.3.3");

  /** clientAuth. */
  private static final Set<String> FOR_CLIENTS = Set.of("1.3.6.1.5.5.7.3.2");

  /** A peer's own certificate: it need not say what it is for, but must not say otherwise. */
  void checkOwn(X509Certificate certificate) throws CertificateException {
    checkExtendedUsage(certificate);
    boolean[] usage = certificate.getKeyUsage();
    boolean fits =
        usage == null
            || usage[DIGITAL_SIGNATURE]
            || usage[KEY_AGREEMENT]
            || (this == SERVER && usage[KEY_ENCIPHERMENT]);
    if (!fits) {
      throw refused(certificate, "its keyUsage is for something else");
    }
  }

  /** The certificate of who signed another. */
  void checkAuthority(X509Certificate certificate) throws CertificateException {
    checkExtendedUsage(certificate);
    boolean[] usage = certificate.getKeyUsage();
    if (usage != null && !usage[KEY_CERT_SIGN]) {
      throw refused(certificate, "its keyUsage lets it sign no certificates");
    }
    boolean silent = certificate.getExtensionValue("2.5.29.19") == null;
    boolean old = silent && (usage != null || certificate.getVersion() == VERSION_1);
    if (certificate.getBasicConstraints() < 0 && !old) {
      throw refused(certificate, "it is not an authority (basicConstraints)");
    }
  }

  private void checkExtendedUsage(X509Certificate certificate) throws CertificateException {
    @Nullable List<String> named = certificate.getExtendedKeyUsage();
    Set<String> known = this == SERVER ? FOR_SERVERS : FOR_CLIENTS;
    if (named != null && Collections.disjoint(named, known)) {
      throw refused(certificate, "its extendedKeyUsage is for something else");
    }
  }

  private static CertificateException refused(X509Certificate certificate, String why) {
    return new CertificateException(certificate.getSubjectX500Principal() + ": " + why);
  }
}
