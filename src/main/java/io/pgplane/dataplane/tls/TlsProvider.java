package io.pgplane.dataplane.tls;

import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslProvider;

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
}
