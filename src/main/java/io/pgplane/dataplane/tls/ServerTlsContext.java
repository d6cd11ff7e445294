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
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TLS with the servers of a backend: the trusted authorities and the certificate that pgplane
 * shows.
 *
 * <p>BoringSSL does the work where it can. A key that it does not support (P-521, for example)
 * makes a handshake fail. Then the JDK is tried, and kept for that server if it succeeds.
 */
public final class ServerTlsContext {
  private static final Logger LOG = LoggerFactory.getLogger(ServerTlsContext.class);

  private final Map<TlsProvider, SslContext> contexts = new EnumMap<>(TlsProvider.class);
  private final TlsProvider first;

  private static final int MOST_BY_JDK = 10_000;

  /** Those that BoringSSL cannot talk to, of all configurations since this was loaded. */
  private final Set<Server> byJdk = ConcurrentHashMap.newKeySet();

  private ServerTlsContext(TlsProvider first) {
    this.first = first;
  }

  /**
   * Reads the files; blocks.
   *
   * @param login its certificate, if it has one, is shown instead of the backend's
   * @throws TlsMaterialException if a file is not what it should be
   */
  public static ServerTlsContext load(ServerTls tls, ServerLogin login)
      throws TlsMaterialException {
    Optional<CertificateFiles> files =
        login instanceof ServerLogin.Certificate own ? Optional.of(own.shown()) : tls.shown();
    try {
      @Nullable CertifiedKey shown = files.isPresent() ? CertifiedKey.load(files.get()) : null;
      TrustManager trust = trust(tls);
      ServerTlsContext made =
          new ServerTlsContext(
              shown == null ? TlsProvider.fastest() : TlsProvider.showing(shown.key()));
      for (TlsProvider provider : EnumSet.of(made.first, TlsProvider.JDK)) {
        SslContextBuilder builder =
            Contexts.common(SslContextBuilder.forClient(), provider, tls.ciphers())
                .endpointIdentificationAlgorithm(null);
        if (trust == null) {
          builder.trustManager(InsecureTrustManagerFactory.INSTANCE);
        } else {
          builder.trustManager(trust);
        }
        if (shown != null) {
          builder.keyManager(shown.key(), shown.chainArray());
        }
        made.contexts.put(provider, builder.build());
      }
      return made;
    } catch (UnusableFileException | IOException | GeneralSecurityException | RuntimeException e) {
      throw new TlsMaterialException("cannot use the TLS files", e);
    }
  }

  /** As libpq does: a root certificate that is given is checked in every mode. */
  private static @Nullable TrustManager trust(ServerTls tls)
      throws UnusableFileException, GeneralSecurityException {
    if (tls.ca().isEmpty() && !tls.verifies()) {
      return null;
    }
    List<X509Certificate> authorities =
        tls.ca().isPresent() ? CertifiedKey.certificates(tls.ca().get()) : ofTheSystem();
    return new RuledTrust(
        new CertificateRules(authorities, Purpose.SERVER),
        tls.mode().equals(Optional.of(ServerTls.Mode.VERIFY_FULL)));
  }

  /** The authorities of this JVM, used where no file is named. Updates of the JVM change them. */
  static Stream<Path> filesOfTheSystem(ServerTls tls) {
    if (tls.ca().isPresent() || !tls.verifies()) {
      return Stream.empty();
    }
    Path security = Path.of(System.getProperty("java.home", ""), "lib", "security");
    return Stream.concat(
        Stream.ofNullable(System.getProperty("javax.net.ssl.trustStore")).map(Path::of),
        Stream.of("jssecacerts", "cacerts").map(security::resolve));
  }

  private static List<X509Certificate> ofTheSystem() throws GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init((@Nullable KeyStore) null);
    return Stream.of(factory.getTrustManagers())
        .filter(X509TrustManager.class::isInstance)
        .flatMap(manager -> Stream.of(((X509TrustManager) manager).getAcceptedIssuers()))
        .toList();
  }

  /** Who does the work of TLS, but for the servers that the log names. */
  public TlsProvider provider() {
    return first;
  }

  /** The provider of TLS for this server. */
  public TlsProvider provider(Server server) {
    return byJdk.contains(server) ? TlsProvider.JDK : first;
  }

  /**
   * Puts TLS on the stream to this server, whose name it asks for and may verify.
   *
   * @return the tls-server-end-point of the certificate that the server has shown, if it has one
   */
  public Future<Optional<byte[]>> startOn(PgStream stream, Server server, TlsProvider provider) {
    SslContext context = Objects.requireNonNull(contexts.get(provider));
    SslHandler handler = context.newHandler(stream.channel().alloc(), server.host(), server.port());
    handler.setHandshakeTimeoutMillis(0);
    HostNames.indicate(server.host(), handler.engine());
    Failure failed = Failures.serverLogin("TLS handshake with " + server);
    return stream
        .startTls(handler)
        .recover(e -> Future.failedFuture(failed.causedBy(e)))
        .map(
            done -> {
              served(server, provider);
              return endPoint(handler);
            });
  }

  /**
   * Whether another provider may do what this one could not: not if it did not trust the server.
   *
   * @return who, for a new connection
   */
  public Optional<TlsProvider> after(Server server, TlsProvider failed, Throwable e) {
    if (failed == TlsProvider.JDK) {
      byJdk.remove(server); // it may be another server by now
      return Optional.empty();
    }
    return isAboutTrust(e) ? Optional.empty() : Optional.of(TlsProvider.JDK);
  }

  private void served(Server server, TlsProvider provider) {
    if (provider == first) {
      return;
    } else if (byJdk.size() >= MOST_BY_JDK) {
      byJdk.clear(); // each is found out again
    }
    if (byJdk.add(server)) {
      LOG.info(
          "the JDK does TLS with {}: BoringSSL does not support its certificate or parameters",
          server);
    }
  }

  private static boolean isAboutTrust(Throwable e) {
    return Stream.iterate(e, Objects::nonNull, Throwable::getCause)
        .anyMatch(CertificateException.class::isInstance);
  }

  private static Optional<byte[]> endPoint(SslHandler handler) {
    try {
      return EndPoint.of((X509Certificate) handler.engine().getSession().getPeerCertificates()[0]);
    } catch (SSLPeerUnverifiedException e) {
      return Optional.empty();
    }
  }
}
