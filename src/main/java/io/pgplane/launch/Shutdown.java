package io.pgplane.launch;

import io.pgplane.config.ConfigWatch;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The end of the process, in order: no new clients, the sessions drained, Vert.x, the log. */
final class Shutdown {
  private static final Logger LOG = LoggerFactory.getLogger(Shutdown.class);

  /** For a start that is given up. */
  private static final long PATIENCE_SECONDS = 10;

  /** Neither the end by a signal nor that by an error may begin when the other has. */
  private final AtomicBoolean ending = new AtomicBoolean();

  private volatile Optional<Vertx> vertx = Optional.empty();
  private volatile Optional<Member> member = Optional.empty();
  private volatile Runnable unwatch = () -> {};

  private Shutdown() {}

  /** On SIGTERM and SIGINT the process drains what there is by then, and exits with 0. */
  static Shutdown onSignal() {
    Shutdown shutdown = new Shutdown();
    Runtime.getRuntime().addShutdownHook(new Thread(shutdown::run, "pgplane-shutdown"));
    return shutdown;
  }

  void of(Vertx closed) {
    vertx = Optional.of(closed);
  }

  void of(Member stopped) {
    member = Optional.of(stopped);
  }

  /** Watches the configuration until the sessions are drained. */
  void of(ConfigWatch stopped) {
    unwatch = stopped::stop;
  }

  /** The process ends by itself, with an error; false if a signal came first. */
  boolean cancel() {
    return ending.compareAndSet(false, true);
  }

  private void run() {
    if (!ending.compareAndSet(false, true)) {
      return;
    }
    boolean serving = member.filter(Member::isServing).isPresent();
    if (serving) {
      LOG.info("draining {} sessions", member.orElseThrow().sessions());
    }
    int exitCode = 0;
    try {
      // Vert.x is closed, and so the cluster left, however well the sessions have ended.
      await(
          member.map(Member::stop).orElseGet(Future::succeededFuture).eventually(this::close),
          serving ? Long.MAX_VALUE : PATIENCE_SECONDS);
      LOG.info("stopped");
    } catch (ExecutionException | TimeoutException e) {
      LOG.error("the shutdown failed", e);
      exitCode = 1;
    }
    ProcessLog.stop();
    // A JVM that a signal ends would exit with 128 + its number, as if it had been killed.
    Runtime.getRuntime().halt(exitCode);
  }

  /** A look at the configuration has no thread any more once Vert.x is closed. */
  private Future<Void> close() {
    unwatch.run();
    return vertx.map(Vertx::close).orElseGet(Future::succeededFuture);
  }

  /** The JVM is ending: there is nobody left to interrupt this thread. */
  private static void await(Future<?> future, long seconds)
      throws ExecutionException, TimeoutException {
    while (true) {
      try {
        future.toCompletionStage().toCompletableFuture().get(seconds, TimeUnit.SECONDS);
        return;
      } catch (InterruptedException e) {
        LOG.debug("interrupted while shutting down", e);
      }
    }
  }
}
