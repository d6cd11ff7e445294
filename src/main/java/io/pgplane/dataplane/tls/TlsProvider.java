package io.pgplane.dataplane.tls;

import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslProvider;
import java.security.Key;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECKey;
import java.util.List;

/** Who does the work of TLS. */
public enum TlsProvider {
  BORINGSSL(SslProvider.OPENSSL, "BoringSSL"),
  /** Slower, and able to do some things that BoringSSL cannot. */
  JDK(SslProvider.JDK, "the JDK");

  /** BoringSSL checks no signature by a longer key of a curve, such as P-521. */
  private static final int LONGEST_CHECKED = 384;

  static {
    // The JDK reads this once, before its first handshake as a server. BoringSSL never
    // renegotiates.
    String refuse = "jdk.tls.rejectClientInitiatedRenegotiation";
    if (System.getProperty(refuse) == null) {
      System.setProperty(refuse, "true");
    }
  }

  private final SslProvider netty;
  private final String text;

  TlsProvider(SslProvider netty, String text) {
    this.netty = netty;
    this.text = text;
  }

  @Override
  public String toString() {
    return text;
  }

  /** For the log: the library, and why it is not the faster one. */
  public static String describe() {
    return OpenSsl.isAvailable()
        ? OpenSsl.versionString()
        : "the JDK (BoringSSL cannot be loaded: " + OpenSsl.unavailabilityCause() + ")";
  }

  static TlsProvider fastest() {
    return OpenSsl.isAvailable() ? BORINGSSL : JDK;
  }

  /** For those who show a certificate with this key: Netty gives BoringSSL no EdDSA keys. */
  static TlsProvider showing(Key key) {
    return key.getAlgorithm().equals("EdDSA") ? JDK : fastest();
  }

  /**
   * For those who check what these authorities have signed. Nobody knows the keys of the peers
   * beforehand; they are mostly of the same kind as that of their authority.
   */
  static TlsProvider checking(List<X509Certificate> authorities) {
    return authorities.stream().map(X509Certificate::getPublicKey).anyMatch(TlsProvider::isBeyond)
        ? JDK
        : fastest();
  }

  private static boolean isBeyond(Key key) {
    return key.getAlgorithm().equals("EdDSA")
        || (key instanceof ECKey ec
            && ec.getParams().getCurve().getField().getFieldSize() > LONGEST_CHECKED);
  }

  SslProvider netty() {
    return netty;
  }
}
