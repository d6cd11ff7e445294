package io.pgplane.launch;

import ch.qos.logback.classic.LoggerContext;
import io.vertx.core.Vertx;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The end of the process, in order: no new clients, the sessions drained, Vert.x, the log. */
final class Shutdown {
  private static final Logger LOG = LoggerFactory.getLogger(Shutdown.class);

  private Shutdown() {}

  /** On SIGTERM and SIGINT the process drains and exits with 0. */
  static void onSignal(Vertx vertx, Member member) {
    Runtime.getRuntime().addShutdownHook(new Thread(() -> run(vertx, member), "pgplane-shutdown"));
  }

  private static void run(Vertx vertx, Member member) {
    LOG.info("draining {} sessions", member.pgplane().sessions());
    int exitCode = 0;
    try {
      // Vert.x is closed, and so the cluster left, however well the sessions have ended.
      await(member.stop().eventually(vertx::close).toCompletionStage().toCompletableFuture());
      LOG.info("stopped");
    } catch (ExecutionException e) {
      LOG.error("the shutdown failed", e);
      exitCode = 1;
    }
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext log) {
      log.stop();
    }
    // A JVM that a signal ends would exit with 128 + its number, as if it had been killed.
    Runtime.getRuntime().halt(exitCode);
  }

  /** The JVM is ending: there is nobody left to interrupt this thread. */
  private static void await(Future<?> future) throws ExecutionException {
    while (true) {
      try {
        future.get();
        return;
      } catch (InterruptedException e) {
        LOG.debug("interrupted while shutting down", e);
      }
    }
  }
}
