package io.pgplane.dataplane.tls;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/** Which peers are trusted: by {@link CertificateRules}, and, of servers, by their names. */
final class RuledTrust extends X509ExtendedTrustManager {
  private final CertificateRules rules;
  private final boolean names;

  /**
   * Trusts by these rules.
   *
   * @param names whether a server's certificate must also be for the host that was dialled
   */
  RuledTrust(CertificateRules rules, boolean names) {
    this.rules = rules;
    this.names = names;
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    rules.check(chain);
    if (names) {
      HostNames.check(engine.getPeerHost(), chain[0]);
    }
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    rules.check(chain);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return rules.authorities().toArray(X509Certificate[]::new);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    rules.check(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw new CertificateException("without an engine it is not known which server it is");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    rules.check(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    throw new CertificateException("without an engine it is not known which server it is");
  }
}
