package io.pgplane.controlplane.store;

import io.pgplane.config.CertifiedKey;
import io.pgplane.config.Store;
import io.pgplane.config.UnusableFileException;
import io.pgplane.controlplane.revision.ControlException;
import io.pgplane.topology.CipherSuites;
import io.pgplane.topology.ServerTls;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.PfxOptions;
import io.vertx.core.net.TrustOptions;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.pgclient.SslMode;
import io.vertx.sqlclient.SqlConnection;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connection to a database, made when it is needed and kept as long as it works: whatever goes
 * wrong, or takes too long, ends it, and with it the transaction.
 */
final class Database {
  private static final Logger LOG = LoggerFactory.getLogger(Database.class);
  private static final long CONNECT_SECONDS = 10;
  private static final long TRANSACTION_SECONDS = 30;

  /** What a role or a database may have set otherwise; the server gives up before pgplane does. */
  private static final String BEGIN =
      "BEGIN; SET LOCAL statement_timeout = '20s'; SET LOCAL synchronous_commit = on;"
          + " SET LOCAL idle_in_transaction_session_timeout = '20s'; SET LOCAL lock_timeout = '10s'";

  private final Vertx vertx;
  private final Store.Postgres settings;
  private final AtomicReference<@Nullable SqlConnection> connection = new AtomicReference<>();

  Database(Vertx vertx, Store.Postgres settings) {
    this.vertx = vertx;
    this.settings = settings;
  }

  /**
   * Does work in a transaction, which is committed when its future succeeds.
   *
   * @return fails with a {@link ControlException}
   */
  <T extends @Nullable Object> Future<T> transaction(Function<SqlConnection, Future<T>> work) {
    return connected()
        .compose(open -> in(open, work).timeout(TRANSACTION_SECONDS, TimeUnit.SECONDS))
        .recover(
            e -> {
              drop();
              return Future.failedFuture(e instanceof ControlException ? e : unavailable(e));
            });
  }

  Future<Void> close() {
    SqlConnection open = connection.getAndSet(null);
    return open == null ? Future.succeededFuture() : open.close();
  }

  private static <T extends @Nullable Object> Future<T> in(
      SqlConnection open, Function<SqlConnection, Future<T>> work) {
    return open.query(BEGIN)
        .execute()
        .compose(begun -> work.apply(open))
        .compose(result -> open.query("COMMIT").execute().map(committed -> result));
  }

  private Future<SqlConnection> connected() {
    SqlConnection open = connection.get();
    if (open != null) {
      return Future.succeededFuture(open);
    }
    Future<PgConnection> dialled =
        vertx
            .executeBlocking(this::options)
            .compose(options -> PgConnection.connect(vertx, options));
    return dialled
        .timeout(CONNECT_SECONDS, TimeUnit.SECONDS)
        .onFailure(e -> dialled.onSuccess(Database::discard))
        .compose(this::prepared);
  }

  private Future<SqlConnection> prepared(SqlConnection made) {
    connection.set(made);
    made.closeHandler(closed -> connection.compareAndSet(made, null));
    return in(made, Migrations::run)
        .timeout(TRANSACTION_SECONDS, TimeUnit.SECONDS)
        .map(migrated -> made);
  }

  private void drop() {
    SqlConnection open = connection.getAndSet(null);
    if (open != null) {
      discard(open);
    }
  }

  private static void discard(SqlConnection open) {
    open.close().onFailure(e -> LOG.debug("a connection is lost", e));
  }

  private PgConnectOptions options() throws GeneralSecurityException, UnusableFileException {
    ServerTls tls = settings.tls();
    return new PgConnectOptions()
        .setHost(settings.host())
        .setPort(settings.port())
        .setDatabase(settings.database())
        .setUser(settings.user())
        .setPassword(settings.password().orElse(""))
        .addProperty("application_name", "pgplane")
        .setSslMode(SslMode.valueOf(tls.modeFor(settings.host()).name()))
        .setSslOptions(sslOptions(tls));
  }

  private static ClientSSLOptions sslOptions(ServerTls tls)
      throws GeneralSecurityException, UnusableFileException {
    ClientSSLOptions options = new ClientSSLOptions();
    if (tls.shown().isPresent()) {
      CertifiedKey shown = CertifiedKey.load(tls.shown().get());
      options.setKeyCertOptions(
          new PfxOptions()
              .setValue(Buffer.buffer(shown.pkcs12()))
              .setPassword(CertifiedKey.IN_MEMORY));
    }
    CipherSuites.with(tls.ciphers()).forEach(options::addEnabledCipherSuite);
    if (!tls.verifies() && tls.ca().isEmpty()) {
      return options.setTrustAll(true);
    }
    options.setHostnameVerificationAlgorithm(
        tls.mode().equals(Optional.of(ServerTls.Mode.VERIFY_FULL)) ? "HTTPS" : "");
    return options.setTrustOptions(
        tls.ca().isPresent()
            ? new PemTrustOptions().addCertPath(tls.ca().get().toString())
            : systemAuthorities());
  }

  private static TrustOptions systemAuthorities() throws GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init((@Nullable KeyStore) null);
    return TrustOptions.wrap(factory.getTrustManagers()[0]);
  }

  private ControlException unavailable(Throwable e) {
    return ControlException.unavailable(
        "the store in " + settings + " cannot be used: " + e.getMessage(), e);
  }
}
