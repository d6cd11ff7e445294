package io.pgplane.testkit;

import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.pgplane.testkit.Certificates.Issued;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * What a client says in its handshake. It trusts everybody: the tests of what clients trust use
 * real ones. One wish used twice resumes its session, where it is let.
 */
public final class TlsWish {
  private static final char[] NO_PASSWORD = new char[0];

  private final SSLContext context;
  private final SSLParameters parameters;

  private TlsWish(@Nullable Issued own) {
    try {
      context = SSLContext.getInstance("TLS");
      context.init(
          own == null ? null : keys(own).getKeyManagers(),
          InsecureTrustManagerFactory.INSTANCE.getTrustManagers(),
          null);
      parameters = context.getDefaultSSLParameters();
      parameters.setServerNames(List.of(new SNIHostName("localhost")));
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** These protocols by ALPN; no ALPN if there are none. */
  public static TlsWish with(String... protocols) {
    TlsWish wish = new TlsWish(null);
    wish.parameters.setApplicationProtocols(protocols);
    return wish;
  }

  /** What libpq says, and a certificate of its own. */
  public static TlsWish showing(Issued own) {
    TlsWish wish = new TlsWish(own);
    wish.parameters.setApplicationProtocols(new String[] {"postgresql"});
    return wish;
  }

  /** Asks for this host. */
  public TlsWish host(String name) {
    parameters.setServerNames(List.of(new SNIHostName(name)));
    return this;
  }

  /** Speaks this version only. */
  public TlsWish version(String version) {
    parameters.setProtocols(new String[] {version});
    return this;
  }

  /** Knows these cipher suites only. */
  public TlsWish ciphers(String... suites) {
    parameters.setCipherSuites(suites);
    return this;
  }

  /** On a connection that is there. */
  public SSLSocket on(Socket socket) throws IOException {
    SSLSocket tls =
        (SSLSocket)
            context.getSocketFactory().createSocket(socket, "localhost", socket.getPort(), true);
    tls.setSSLParameters(parameters);
    return tls;
  }

  /** The same for those who carry the bytes themselves. */
  public SSLEngine engine() {
    SSLEngine engine = context.createSSLEngine("localhost", 1);
    engine.setUseClientMode(true);
    engine.setSSLParameters(parameters);
    return engine;
  }

  private static KeyManagerFactory keys(Issued own) throws GeneralSecurityException, IOException {
    String pem = Files.readString(own.key()).replaceAll("-----.*-----|\\s", "");
    PrivateKey key =
        KeyFactory.getInstance("EC")
            .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(pem)));
    List<Certificate> chain = new ArrayList<>(List.of(own.certificate()));
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, NO_PASSWORD);
    store.setKeyEntry("own", key, NO_PASSWORD, chain.toArray(Certificate[]::new));
    KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
    factory.init(store, NO_PASSWORD);
    return factory;
  }
}
