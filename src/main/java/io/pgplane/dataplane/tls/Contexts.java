package io.pgplane.dataplane.tls;

import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import io.pgplane.topology.CipherSuites;
import java.util.List;

/** What the contexts of both legs have in common. */
final class Contexts {
  /** The ALPN name, as PostgreSQL 17 and later have it; older servers do not look. */
  static final String PROTOCOL = "postgresql";

  private static final ApplicationProtocolConfig ALPN =
      new ApplicationProtocolConfig(
          Protocol.ALPN,
          SelectorFailureBehavior.NO_ADVERTISE,
          SelectedListenerFailureBehavior.ACCEPT,
          PROTOCOL);

  private Contexts() {}

  /**
   * The settings of both.
   *
   * @param ciphers of TLS 1.2
   */
  static SslContextBuilder common(
      SslContextBuilder builder, TlsProvider provider, List<String> ciphers) {
    return builder
        .sslProvider(provider.netty())
        .ciphers(CipherSuites.with(ciphers), SupportedCipherSuiteFilter.INSTANCE)
        .protocols("TLSv1.3", "TLSv1.2")
        .applicationProtocolConfig(ALPN);
  }
}
