package io.pgplane.dataplane.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.OpenSslServerContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.pgplane.config.CertifiedKey;
import io.pgplane.config.TlsParameters;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One of a listener's certificates, ready for handshakes.
 *
 * @param provider who does their work
 * @param ticketKeys empty where the JDK has its own, which it replaces every day
 * @param endPoint its tls-server-end-point, if it has one
 * @param names the DNS names that it is for, in lower case
 */
record ShownCertificate(
    SslContext context,
    TlsProvider provider,
    Optional<TicketKeys> ticketKeys,
    Optional<byte[]> endPoint,
    List<String> names) {
  private static final Logger LOG = LoggerFactory.getLogger(ShownCertificate.class);

  private static final int DNS_NAME = 2;

  static ShownCertificate of(
      CertifiedKey pair, TlsParameters parameters, Optional<ClientTrust> trust)
      throws SSLException, CertificateParsingException {
    TlsProvider provider =
        trust
            .map(whom -> TlsProvider.checking(whom.authorities()))
            .filter(TlsProvider.JDK::equals)
            .orElseGet(() -> TlsProvider.showing(pair.key()));
    if (provider != TlsProvider.fastest()) {
      LOG.info(
          "TLS with clients by the JDK for the certificate of {}: BoringSSL does not know the keys"
              + " of it or of clientCa",
          pair.leaf().getSubjectX500Principal());
    }
    SslContextBuilder builder =
        Contexts.common(
                SslContextBuilder.forServer(pair.key(), pair.chainArray()),
                provider,
                parameters.ciphers())
            .protocols(parameters.versions());
    if (provider == TlsProvider.BORINGSSL) {
      builder.option(OpenSslContextOption.GROUPS, parameters.curves().toArray(String[]::new));
    }
    if (trust.isPresent()) {
      // Asked for, not required: who needs one is told so in an ErrorResponse.
      builder.clientAuth(ClientAuth.OPTIONAL).trustManager(trust.get().manager());
    }
    SslContext context = builder.build();
    Optional<TicketKeys> ticketKeys =
        context instanceof OpenSslServerContext boring
            ? Optional.of(new TicketKeys(boring, parameters.ticketKeyPeriod()))
            : Optional.empty();
    return new ShownCertificate(
        context, provider, ticketKeys, EndPoint.of(pair.leaf()), dnsNames(pair.leaf()));
  }

  /** The TLS of a new connection. */
  SslHandler newHandler(ByteBufAllocator allocator) {
    ticketKeys.ifPresent(TicketKeys::rotate);
    return context.newHandler(allocator);
  }

  /** Whether it is for this host and no other. */
  boolean isFor(String host) {
    return names.contains(host);
  }

  /** Whether one of its names is a wildcard for the host: it stands for one label, the first. */
  boolean covers(String host) {
    int dot = host.indexOf('.');
    return dot > 0 && names.contains("*" + host.substring(dot));
  }

  private static List<String> dnsNames(X509Certificate certificate)
      throws CertificateParsingException {
    Collection<List<?>> names = certificate.getSubjectAlternativeNames();
    if (names == null) {
      return List.of();
    }
    return names.stream()
        .filter(name -> Integer.valueOf(DNS_NAME).equals(name.get(0)))
        .map(name -> String.valueOf(name.get(1)).toLowerCase(Locale.ROOT))
        .toList();
  }
}
