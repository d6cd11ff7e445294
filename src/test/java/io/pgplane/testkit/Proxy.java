package io.pgplane.testkit;

import io.pgplane.config.Config;
import io.pgplane.dataplane.fleet.Fleet.ServerView;
import io.pgplane.launch.Pgplane;
import io.pgplane.launch.Ports;
import io.pgplane.topology.Server;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** pgplane in this JVM, as a setup wants it. */
public final class Proxy extends Endpoint {
  private final Vertx vertx;
  private final Pgplane pgplane;

  private Proxy(Setup setup, Vertx vertx, Pgplane pgplane) {
    super(setup);
    this.vertx = vertx;
    this.pgplane = pgplane;
  }

  static Proxy start(Setup setup, Ports ports) {
    Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
    Config config = setup.config();
    return new Proxy(setup, vertx, result(Pgplane.start(vertx, config, ports)));
  }

  @Override
  public int port() {
    return pgplane.port(Setup.LISTENER);
  }

  /** The machine itself, for what only it can be asked. */
  public Pgplane pgplane() {
    return pgplane;
  }

  /** What this member knows of a server. */
  public ServerView view(Server server) {
    return pgplane.fleet().view().stream()
        .filter(view -> view.server().equals(server.host() + ":" + server.port()))
        .findFirst()
        .orElseThrow();
  }

  void close() {
    result(pgplane.drain().eventually(vertx::close));
  }

  /** What came of a future, for a thread that may wait. */
  public static <T> T result(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }
}
