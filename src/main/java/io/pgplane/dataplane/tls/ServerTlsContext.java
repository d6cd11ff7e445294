package io.pgplane.dataplane.tls;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.pgplane.config.CertifiedKey;
import io.pgplane.config.UnusableFileException;
import io.pgplane.dataplane.stream.PgStream;
import io.pgplane.failure.Failure;
import io.pgplane.failure.Failures;
import io.pgplane.topology.CertificateFiles;
import io.pgplane.topology.Server;
import io.pgplane.topology.ServerLogin;
import io.pgplane.topology.ServerTls;
import io.vertx.core.Future;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.net.ssl.SSLPeerUnverifiedException;

/** How pgplane meets the servers of a backend: whom it trusts, and what it shows of itself. */
public final class ServerTlsContext {
  private final SslContext context;

  private ServerTlsContext(SslContext context) {
    this.context = context;
  }

  /**
   * Reads the files; blocks.
   *
   * @param login its certificate, if it has one, is shown in the place of the backend's
   * @throws TlsMaterialException if a file is not what it should be
   */
  public static ServerTlsContext load(ServerTls tls, ServerLogin login)
      throws TlsMaterialException {
    try {
      SslContextBuilder builder = Contexts.common(SslContextBuilder.forClient());
      if (!tls.mode().verifies()) {
        builder.trustManager(InsecureTrustManagerFactory.INSTANCE);
      } else if (tls.ca().isPresent()) {
        builder.trustManager(tls.ca().get().toFile());
      }
      boolean full = tls.mode() == ServerTls.Mode.VERIFY_FULL;
      builder.endpointIdentificationAlgorithm(full ? "HTTPS" : null);
      Optional<CertificateFiles> shown =
          login instanceof ServerLogin.Certificate own ? Optional.of(own.shown()) : tls.shown();
      if (shown.isPresent()) {
        CertifiedKey pair = CertifiedKey.load(shown.get());
        builder
            .sslProvider(TlsProvider.chooseFor(pair.key()))
            .keyManager(pair.key(), pair.chainArray());
      }
      return new ServerTlsContext(builder.build());
    } catch (UnusableFileException | IOException | RuntimeException e) {
      throw new TlsMaterialException("cannot use the TLS files", e);
    }
  }

  /**
   * Puts TLS on the stream to this server, whose name it asks for and may verify.
   *
   * @return the tls-server-end-point of the certificate that the server has shown, if it has one
   */
  public Future<Optional<byte[]>> startOn(PgStream stream, Server server) {
    if (stream.holdsBytes()) {
      return Future.failedFuture(
          Failures.serverLogin(server + " sent clear text after its answer to the SSLRequest"));
    }
    SslHandler handler = context.newHandler(stream.channel().alloc(), server.host(), server.port());
    handler.setHandshakeTimeoutMillis(0);
    Failure failed = Failures.serverLogin("TLS handshake with " + server);
    return stream
        .startTls(handler)
        .recover(e -> Future.failedFuture(failed.causedBy(e)))
        .map(done -> endPoint(handler));
  }

  private static Optional<byte[]> endPoint(SslHandler handler) {
    try {
      return EndPoint.of((X509Certificate) handler.engine().getSession().getPeerCertificates()[0]);
    } catch (SSLPeerUnverifiedException e) {
      return Optional.empty();
    }
  }
}
