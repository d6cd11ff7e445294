package io.pgplane.dataplane.tls;

import io.netty.handler.ssl.SslHandler;
import io.pgplane.config.CertifiedKey;
import io.pgplane.config.ListenerTls;
import io.pgplane.config.UnusableFileException;
import io.pgplane.dataplane.stream.ClientHello;
import io.pgplane.dataplane.stream.PgStream;
import io.pgplane.failure.Failure;
import io.pgplane.failure.FailureKind;
import io.pgplane.topology.CertificateFiles;
import io.vertx.core.Future;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;

/** What a listener shows to clients, and whose certificates it takes. */
public final class ListenerTlsContext {
  /** A fatal alert of level 2: no_application_protocol (RFC 7301, section 3.2). */
  private static final byte[] NO_APPLICATION_PROTOCOL = {21, 3, 3, 0, 2, 2, 120};

  /**
   * The most bytes in a record, as in PostgreSQL's (PQ_SEND_BUFFER_SIZE). libpq reads at least that
   * much at a time. Of a longer record OpenSSL may keep a part, and a client that waits on its
   * socket never learns of it.
   */
  private static final int RECORD_BYTES = 8 * 1024;

  private final List<ShownCertificate> certificates;
  private final Optional<ClientTrust> trust;

  private ListenerTlsContext(List<ShownCertificate> certificates, Optional<ClientTrust> trust) {
    this.certificates = certificates;
    this.trust = trust;
  }

  /**
   * Reads the files; blocks.
   *
   * @param tls with at least one certificate
   * @throws TlsMaterialException if a file is not what it should be
   */
  public static ListenerTlsContext load(ListenerTls tls) throws TlsMaterialException {
    Optional<ClientTrust> trust = Optional.empty();
    if (tls.clientCa().isPresent()) {
      trust = Optional.of(ClientTrust.load(tls.clientCa().get()));
    }
    List<ShownCertificate> certificates = new ArrayList<>();
    for (CertificateFiles files : tls.certificates()) {
      try {
        certificates.add(ShownCertificate.of(CertifiedKey.load(files), tls.parameters(), trust));
      } catch (UnusableFileException
          | SSLException
          | GeneralSecurityException
          | RuntimeException e) {
        throw new TlsMaterialException("cannot use " + files.chain() + " with " + files.key(), e);
      }
    }
    return new ListenerTlsContext(List.copyOf(certificates), trust);
  }

  /** Who does the work of TLS, for the log. */
  public String providers() {
    return certificates.stream()
        .map(ShownCertificate::provider)
        .distinct()
        .map(TlsProvider::toString)
        .collect(Collectors.joining(" or ", "", certificates.size() > 1 ? ", by certificate" : ""));
  }

  /**
   * Puts TLS on a client's stream, which was told that it may begin. The handshake has no deadline
   * of its own: the login has one.
   */
  public Future<ClientTls> startOn(PgStream client) {
    return client.peekClientHello().compose(hello -> handshake(client, hello));
  }

  /**
   * The same for a client that began with TLS, and so must say by ALPN that it means PostgreSQL
   * (PostgreSQL 17, {@code ProcessSSLStartup}).
   */
  public Future<ClientTls> startDirectlyOn(PgStream client) {
    return client
        .peekClientHello()
        .compose(
            hello ->
                handshake(client, hello)
                    .compose(
                        tls ->
                            hello.protocols().isEmpty()
                                ? Future.failedFuture(withoutAlpn())
                                : Future.succeededFuture(tls)));
  }

  private Future<ClientTls> handshake(PgStream client, ClientHello hello) {
    List<String> protocols = hello.protocols();
    if (!protocols.isEmpty() && !protocols.contains(Contexts.PROTOCOL)) {
      client.write(NO_APPLICATION_PROTOCOL);
      return Future.failedFuture(
          Failure.silent(FailureKind.CLIENT, "client offers no ALPN protocol but others' own"));
    }
    ShownCertificate shown = choose(hello.serverName());
    SslHandler handler = shown.newHandler(client.channel().alloc());
    handler.setHandshakeTimeoutMillis(0);
    handler.setWrapDataSize(RECORD_BYTES);
    Failure failed = Failure.silent(FailureKind.CLIENT, "TLS handshake with the client");
    return client
        .startTls(handler)
        .recover(e -> Future.failedFuture(failed.causedBy(e)))
        .map(done -> established(hello, shown, handler));
  }

  /** An exact name counts more than a wildcard, and the first certificate takes the rest. */
  private ShownCertificate choose(Optional<String> serverName) {
    return serverName
        .flatMap(
            host ->
                certificates.stream()
                    .filter(shown -> shown.isFor(host))
                    .findFirst()
                    .or(
                        () ->
                            certificates.stream().filter(shown -> shown.covers(host)).findFirst()))
        .orElse(certificates.get(0));
  }

  private ClientTls established(ClientHello hello, ShownCertificate shown, SslHandler handler) {
    if (!hello.readable()) {
      // Nothing in it was checked, so it must not be that TLS can read what we could not.
      throw Failure.silent(FailureKind.CLIENT, "the client's ClientHello cannot be read");
    }
    return new ClientTls(true, shown.endPoint(), hello.serverName(), clientCertificate(handler));
  }

  /** Checked again, since a resumed session is that of an earlier handshake. */
  private Optional<X509Certificate> clientCertificate(SslHandler handler) {
    if (trust.isEmpty()) {
      return Optional.empty();
    }
    try {
      X509Certificate[] chain =
          Arrays.stream(handler.engine().getSession().getPeerCertificates())
              .map(X509Certificate.class::cast)
              .toArray(X509Certificate[]::new);
      if (!trust.get().trusts(chain)) {
        throw Failure.silent(
            FailureKind.CREDENTIALS, "the certificate of the client's resumed session has expired");
      }
      return Optional.of(chain[0]);
    } catch (SSLPeerUnverifiedException e) {
      return Optional.empty();
    }
  }

  private static Failure withoutAlpn() {
    return Failure.silent(
        FailureKind.CLIENT,
        "received direct SSL connection request without ALPN protocol negotiation extension");
  }
}
