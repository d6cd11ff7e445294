package io.pgplane.dataplane.tls;

import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.SslContextBuilder;
import io.pgplane.failure.Failure;

/** What the contexts of both legs have in common. */
final class Contexts {
  /** As PostgreSQL 17 and later name it; older servers do not look. */
  private static final ApplicationProtocolConfig ALPN =
      new ApplicationProtocolConfig(
          Protocol.ALPN,
          SelectorFailureBehavior.NO_ADVERTISE,
          SelectedListenerFailureBehavior.ACCEPT,
          "postgresql");

  private Contexts() {}

  static SslContextBuilder common(SslContextBuilder builder) {
    return builder
        .sslProvider(TlsProvider.choose())
        .protocols("TLSv1.3", "TLSv1.2")
        .applicationProtocolConfig(ALPN);
  }

  /** A failure that already says what happened, or else what was tried and why it failed. */
  static Failure handshakeFailed(Failure tried, Throwable e) {
    return e instanceof Failure failure ? failure : tried.causedBy(e);
  }
}
