package io.pgplane.dataplane.accept;

import io.pgplane.config.Listener;
import io.pgplane.dataplane.backend.Dialer;
import io.pgplane.dataplane.session.Rules;
import io.pgplane.dataplane.session.SessionChain;
import io.pgplane.dataplane.session.SessionServices;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One listener on one event loop: accepts clients, and gives each its session. */
public final class ListenerVerticle extends VerticleBase {
  /** As many clients as may knock at once before the kernel turns them away. */
  private static final int BACKLOG = 4096;

  private static final long LONGER_THAN_ANY_DRAIN_DAYS = 8;

  private final Listener listener;
  private final SessionServices services;
  private final Supplier<Rules> rules;
  private @Nullable NetServer server;

  /**
   * Makes one of the instances of a listener.
   *
   * @param rules those in force, asked by each session when it begins
   */
  public ListenerVerticle(Listener listener, SessionServices services, Supplier<Rules> rules) {
    this.listener = listener;
    this.services = services;
    this.rules = rules;
  }

  @Override
  public Future<?> start() {
    Dialer dialer = new Dialer(vertx, services.resolver());
    server =
        vertx
            .createNetServer(
                new NetServerOptions()
                    .setTcpKeepAlive(true)
                    .setTcpNoDelay(true)
                    .setAcceptBacklog(BACKLOG))
            .connectHandler(
                client -> SessionChain.serve(services, dialer, rules, listener.name(), client));
    return server.listen(listener.port(), listener.host());
  }

  /** Sockets are closed when this is done: not before the sessions have ended. */
  @Override
  public Future<?> stop() {
    stopAccepting();
    return services.registry().drain();
  }

  /** The bound port. */
  public int port() {
    return server == null ? 0 : server.actualPort();
  }

  /** Accepts no more; the sessions that are there end by themselves. */
  public Future<Void> stopAccepting() {
    return server == null
        ? Future.succeededFuture()
        : server.shutdown(LONGER_THAN_ANY_DRAIN_DAYS, TimeUnit.DAYS);
  }
}
