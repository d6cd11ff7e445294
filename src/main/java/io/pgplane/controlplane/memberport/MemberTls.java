package io.pgplane.controlplane.memberport;

import io.pgplane.crypto.ClusterSecret;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManagerFactory;

/**
 * TLS by which members prove to each other that they know the secret of the cluster. Both sides
 * show the certificate that is made of it, and trust this certificate alone.
 */
public final class MemberTls {
  /** Each handshake has keys of its own (forward secrecy), and both sides prove theirs. */
  public static final String PROTOCOL = "TLSv1.3";

  private static final char[] IN_MEMORY = new char[0];

  private final SecretCertificate shown;
  private final List<X509Certificate> trusted;
  private final ProvedDatagrams datagrams;
  private final SSLContext context;

  private MemberTls(
      SecretCertificate shown, List<X509Certificate> trusted, ProvedDatagrams datagrams)
      throws GeneralSecurityException, IOException {
    this.datagrams = datagrams;
    this.shown = shown;
    this.trusted = trusted;
    KeyStore store = store();
    store.setKeyEntry("member", shown.key(), IN_MEMORY, new Certificate[] {shown.certificate()});
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, IN_MEMORY);
    KeyStore others = store();
    for (X509Certificate certificate : trusted) {
      others.setCertificateEntry("member" + others.size(), certificate);
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(others);
    context = SSLContext.getInstance(PROTOCOL);
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
  }

  /**
   * Shows the certificate of the first secret, and trusts those of all. Blocks before the secrets
   * are stretched.
   *
   * @param secrets one or more
   */
  public static MemberTls of(List<ClusterSecret> secrets) {
    List<SecretCertificate> made = secrets.stream().map(SecretCertificate::of).toList();
    try {
      return new MemberTls(
          made.get(0),
          made.stream().map(SecretCertificate::certificate).distinct().toList(),
          ProvedDatagrams.of(secrets));
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The certificate that is shown, and its key. */
  public PemKeyCertOptions shown() {
    return new PemKeyCertOptions()
        .addKeyValue(pem("PRIVATE KEY", shown.key().getEncoded()))
        .addCertValue(pem(shown.certificate()));
  }

  /** The certificates that are trusted. */
  public PemTrustOptions trusted() {
    PemTrustOptions options = new PemTrustOptions();
    trusted.forEach(certificate -> options.addCertValue(pem(certificate)));
    return options;
  }

  /** What multicast carries, which has no TLS. */
  ProvedDatagrams datagrams() {
    return datagrams;
  }

  SSLEngine engine(boolean client) {
    SSLEngine engine = context.createSSLEngine();
    engine.setUseClientMode(client);
    engine.setNeedClientAuth(!client);
    engine.setEnabledProtocols(new String[] {PROTOCOL});
    return engine;
  }

  private static KeyStore store() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    return store;
  }

  private static Buffer pem(X509Certificate certificate) {
    try {
      return pem("CERTIFICATE", certificate.getEncoded());
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Buffer pem(String label, byte[] der) {
    String text = Base64.getMimeEncoder().encodeToString(der);
    return Buffer.buffer(
        "-----BEGIN " + label + "-----\n" + text + "\n-----END " + label + "-----\n");
  }
}
