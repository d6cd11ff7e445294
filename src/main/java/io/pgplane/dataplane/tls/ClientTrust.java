package io.pgplane.dataplane.tls;

import io.pgplane.config.CertifiedKey;
import io.pgplane.config.UnusableFileException;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/** Whose client certificates a listener takes. */
final class ClientTrust {
  private final X509TrustManager manager;

  private ClientTrust(X509TrustManager manager) {
    this.manager = manager;
  }

  /**
   * Reads the certificates of the authorities; blocks.
   *
   * @throws TlsMaterialException if the file has none
   */
  static ClientTrust load(Path ca) throws TlsMaterialException {
    try {
      KeyStore authorities = KeyStore.getInstance(KeyStore.getDefaultType());
      authorities.load(null, null);
      List<X509Certificate> certificates = CertifiedKey.certificates(ca);
      for (int i = 0; i < certificates.size(); i++) {
        authorities.setCertificateEntry(String.valueOf(i), certificates.get(i));
      }
      TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
      factory.init(authorities);
      for (TrustManager manager : factory.getTrustManagers()) {
        if (manager instanceof X509TrustManager x509) {
          return new ClientTrust(x509);
        }
      }
      throw new GeneralSecurityException("no trust manager for certificates");
    } catch (UnusableFileException | IOException | GeneralSecurityException | RuntimeException e) {
      throw new TlsMaterialException("cannot use " + ca, e);
    }
  }

  TrustManager manager() {
    return manager;
  }

  /** Whether the certificates would still pass, were they shown now. */
  boolean trusts(X509Certificate[] chain) {
    try {
      manager.checkClientTrusted(chain, chain[0].getPublicKey().getAlgorithm());
      return true;
    } catch (CertificateException e) {
      return false;
    }
  }
}
