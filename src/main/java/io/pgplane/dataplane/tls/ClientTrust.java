package io.pgplane.dataplane.tls;

import io.pgplane.config.CertifiedKey;
import io.pgplane.config.UnusableFileException;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.TrustManager;

/** Whose client certificates a listener takes. */
final class ClientTrust {
  private final CertificateRules rules;

  private ClientTrust(CertificateRules rules) {
    this.rules = rules;
  }

  /**
   * Reads the certificates of the authorities; blocks.
   *
   * @throws TlsMaterialException if the file has none
   */
  static ClientTrust load(Path ca) throws TlsMaterialException {
    try {
      return new ClientTrust(new CertificateRules(CertifiedKey.certificates(ca), Purpose.CLIENT));
    } catch (UnusableFileException e) {
      throw new TlsMaterialException("cannot use " + ca, e);
    }
  }

  TrustManager manager() {
    return new RuledTrust(rules, false);
  }

  List<X509Certificate> authorities() {
    return rules.authorities();
  }

  /** Whether the certificates would still pass, were they shown now. */
  boolean trusts(X509Certificate[] chain) {
    try {
      rules.check(chain);
      return true;
    } catch (CertificateException e) {
      return false;
    }
  }
}
