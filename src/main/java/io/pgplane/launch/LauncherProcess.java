package io.pgplane.launch;

import io.vertx.core.Future;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Signals and exit status of a process that a launcher of Vert.x runs for {@link PgplaneVerticle},
 * and nothing else. By itself it would end at SIGHUP, exit with 128 and the number of the signal,
 * cut a drain off after two minutes, and exit with 0 after a start that has failed. Does nothing in
 * any other process.
 */
final class LauncherProcess {
  private static final Logger LOG = LoggerFactory.getLogger(LauncherProcess.class);

  private static final List<String> LAUNCHERS =
      List.of("io.vertx.core.Launcher ", "io.vertx.launcher.application.VertxApplication ");

  private LauncherProcess() {}

  /** On SIGTERM and SIGINT the process drains, and exits with 0. */
  static void afterDrain(Supplier<Future<Void>> drain) {
    if (isLaunched()) {
      Runnable end = () -> drain.get().onComplete(done -> exit(done.succeeded() ? 0 : 1));
      Signals.handle("TERM", end);
      Signals.handle("INT", end);
    }
  }

  /** SIGHUP has the configuration read again. */
  static void onHangup(Runnable reload) {
    if (isLaunched()) {
      Hangup.onSignal().then(reload);
    }
  }

  /** The process exits with 1. */
  static void afterFailure(Throwable e) {
    if (isLaunched()) {
      LOG.error("pgplane has not started: {}", e.getMessage());
      exit(1);
    }
  }

  private static boolean isLaunched() {
    String command = System.getProperty("sun.java.command", "");
    return LAUNCHERS.stream().anyMatch(command::startsWith)
        && command.contains(PgplaneVerticle.class.getName());
  }

  /** In a thread of its own: the launcher's shutdown hook waits for the event loops. */
  private static void exit(int status) {
    Runnable end =
        () -> {
          ProcessLog.stop();
          System.exit(status);
        };
    new Thread(end, "pgplane-exit").start();
  }
}
