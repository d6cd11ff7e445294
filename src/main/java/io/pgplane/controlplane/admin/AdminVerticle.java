package io.pgplane.controlplane.admin;

import io.pgplane.config.Admin;
import io.pgplane.config.CertifiedKey;
import io.pgplane.config.UnusableFileException;
import io.pgplane.controlplane.memberport.TlsPort;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PfxOptions;
import io.vertx.core.net.ServerSSLOptions;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Serves the admin port, on threads of its own: a change set of many megabytes keeps no session
 * waiting.
 */
public final class AdminVerticle extends VerticleBase {
  /** Without a byte in either direction, as while a client does not take an answer. */
  private static final int SILENT_SECONDS = 60;

  private static final int HANDSHAKE_SECONDS = 5;
  private static final Set<String> TLS_VERSIONS = Set.of("TLSv1.2", "TLSv1.3");

  private final AdminServices services;
  private final Tokens tokens;
  private volatile Admin admin;
  private @Nullable HttpServer server;

  private AdminVerticle(Admin admin, AdminServices services) {
    this.admin = admin;
    this.services = services;
    this.tokens = new Tokens(admin.tokens());
  }

  /**
   * Serves it from now on.
   *
   * @return fails with the reason why the port cannot be bound
   */
  public static Future<AdminVerticle> deploy(Vertx vertx, Admin admin, AdminServices services) {
    AdminVerticle verticle = new AdminVerticle(admin, services);
    DeploymentOptions own =
        new DeploymentOptions()
            .setThreadingModel(ThreadingModel.WORKER)
            .setWorkerPoolName("pgplane-admin")
            .setWorkerPoolSize(2);
    return vertx
        .deployVerticle(verticle, own)
        .map(verticle)
        .recover(
            e ->
                Future.failedFuture(
                    new IllegalStateException(
                        "admin: cannot listen on "
                            + admin.host()
                            + ":"
                            + admin.port()
                            + ": "
                            + e.getMessage(),
                        e)));
  }

  /** On a thread that may wait for the files of the certificate. */
  @Override
  public Future<?> start() throws UnusableFileException {
    HttpServerOptions options = options();
    return Contract.load(vertx)
        .compose(
            contract -> {
              Connections connections = new Connections(vertx);
              AdminRouter router =
                  new AdminRouter(vertx, services, tokens, connections, () -> admin);
              server = vertx.createHttpServer(options).connectionHandler(connections::opened);
              return server.requestHandler(router.of(contract)).listen(admin.port(), admin.host());
            });
  }

  /** The bound port. */
  public int port() {
    return server == null ? 0 : server.actualPort();
  }

  /** Whether this can be taken without a restart: host, port, and whether there is TLS, cannot. */
  public boolean canTake(Admin next) {
    return admin.host().equals(next.host())
        && admin.port() == next.port()
        && admin.tls().isPresent() == next.tls().isPresent();
  }

  /**
   * Takes other tokens and certificates.
   *
   * @param next {@link #canTake} it
   */
  public Future<Void> reconfigure(Admin next) {
    HttpServer running = server;
    if (running == null || next.tls().isEmpty()) {
      take(next);
      return Future.succeededFuture();
    }
    // Forced, since files of the same names may hold another certificate by now.
    return vertx
        .executeBlocking(next::certifiedKey)
        .compose(
            shown ->
                running.updateSSLOptions(
                    new ServerSSLOptions()
                        .setKeyCertOptions(keyPair(shown.orElseThrow()))
                        .setEnabledSecureTransportProtocols(TLS_VERSIONS),
                    true))
        .onSuccess(taken -> take(next))
        .mapEmpty();
  }

  private void take(Admin next) {
    tokens.replace(next.tokens());
    admin = next;
  }

  private HttpServerOptions options() throws UnusableFileException {
    HttpServerOptions options =
        new HttpServerOptions()
            .setIdleTimeout(SILENT_SECONDS)
            .setIdleTimeoutUnit(TimeUnit.SECONDS)
            .setUseAlpn(false)
            .setHttp2ClearTextEnabled(false)
            .setTcpNoDelay(true)
            .setEnabledSecureTransportProtocols(TLS_VERSIONS);
    admin
        .certifiedKey()
        .ifPresent(
            shown ->
                options
                    .setSsl(true)
                    .setUseAlpn(false)
                    .setSslHandshakeTimeout(HANDSHAKE_SECONDS)
                    .setSslHandshakeTimeoutUnit(TimeUnit.SECONDS)
                    // Connections sees none before its handshake.
                    .setKeyCertOptions(new TlsPort.Key(keyPair(shown))));
    return options;
  }

  private static PfxOptions keyPair(CertifiedKey shown) {
    return new PfxOptions()
        .setValue(Buffer.buffer(shown.pkcs12()))
        .setPassword(CertifiedKey.IN_MEMORY);
  }
}
