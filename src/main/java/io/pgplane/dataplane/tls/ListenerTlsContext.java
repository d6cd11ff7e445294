package io.pgplane.dataplane.tls;

import io.netty.handler.ssl.OpenSslServerContext;
import io.netty.handler.ssl.OpenSslSessionTicketKey;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.pgplane.config.ListenerTls.CertificateFiles;
import io.pgplane.dataplane.stream.PgStream;
import io.pgplane.failure.Failure;
import io.pgplane.failure.FailureKind;
import io.vertx.core.Future;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Optional;

/** What a listener shows to clients: one certificate, and the binding that goes with it. */
public final class ListenerTlsContext {
  private final SslContext context;
  private final Optional<byte[]> endPoint;

  private ListenerTlsContext(SslContext context, Optional<byte[]> endPoint) {
    this.context = context;
    this.endPoint = endPoint;
  }

  /**
   * Reads the files; blocks.
   *
   * @throws TlsMaterialException if they are not a certificate and its key
   */
  public static ListenerTlsContext load(CertificateFiles files) throws TlsMaterialException {
    try {
      SslContext context =
          Contexts.common(SslContextBuilder.forServer(files.chain().toFile(), files.key().toFile()))
              .build();
      if (context instanceof OpenSslServerContext boring) {
        sendTickets(boring);
      }
      return new ListenerTlsContext(context, EndPoint.of(leaf(files.chain())));
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      throw new TlsMaterialException("cannot use " + files.chain() + " with " + files.key(), e);
    }
  }

  /**
   * Puts TLS on a client's stream, which was told that it may begin. The handshake has no deadline
   * of its own: the login has one.
   */
  public Future<Void> startOn(PgStream client) {
    SslHandler handler = context.newHandler(client.channel().alloc());
    handler.setHandshakeTimeoutMillis(0);
    Failure tampered =
        Failure.silent(FailureKind.CLIENT, "client sent clear text after its SSLRequest");
    Failure failed = Failure.silent(FailureKind.CLIENT, "TLS handshake with the client");
    return client
        .startTls(handler, tampered)
        .recover(e -> Future.failedFuture(Contexts.handshakeFailed(failed, e)));
  }

  /** What a client must bind to that has seen this certificate. */
  public Optional<byte[]> endPoint() {
    return endPoint;
  }

  /**
   * Tickets let the server speak right after the handshake: a client that waits for that with
   * delayed ACKs would otherwise lose 40 ms (TLS 1.3).
   */
  private static void sendTickets(OpenSslServerContext context) {
    byte[] key = new byte[OpenSslSessionTicketKey.TICKET_KEY_SIZE];
    new SecureRandom().nextBytes(key);
    int name = OpenSslSessionTicketKey.NAME_SIZE;
    int hmac = name + OpenSslSessionTicketKey.HMAC_KEY_SIZE;
    context
        .sessionContext()
        .setTicketKeys(
            new OpenSslSessionTicketKey(
                Arrays.copyOfRange(key, 0, name),
                Arrays.copyOfRange(key, name, hmac),
                Arrays.copyOfRange(key, hmac, key.length)));
  }

  private static X509Certificate leaf(Path chain) throws IOException, GeneralSecurityException {
    try (InputStream in = Files.newInputStream(chain)) {
      return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
    }
  }
}
