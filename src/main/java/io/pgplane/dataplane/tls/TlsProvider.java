package io.pgplane.dataplane.tls;

import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslProvider;
import java.security.PrivateKey;

/** Who does the work of TLS. */
public final class TlsProvider {
  private TlsProvider() {}

  /** For the log: the library, and why it is not the faster one. */
  public static String describe() {
    return OpenSsl.isAvailable()
        ? OpenSsl.versionString()
        : "the JDK (BoringSSL cannot be loaded: " + OpenSsl.unavailabilityCause() + ")";
  }

  static SslProvider choose() {
    return OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK;
  }

  /** For those who show a certificate with this key: Netty gives BoringSSL no EdDSA keys. */
  static SslProvider chooseFor(PrivateKey key) {
    return key.getAlgorithm().equals("EdDSA") ? SslProvider.JDK : choose();
  }
}
