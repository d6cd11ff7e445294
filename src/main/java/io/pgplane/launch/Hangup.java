package io.pgplane.launch;

import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * SIGHUP, which reloads the configuration. A signal before the member has started is kept until it
 * has.
 */
final class Hangup {
  private static final Logger LOG = LoggerFactory.getLogger(Hangup.class);

  private Optional<Runnable> reload = Optional.empty();
  private boolean pending;

  /** Takes the signal from now on: it no longer ends the process. */
  static Hangup onSignal() {
    Hangup hangup = new Hangup();
    if (Signals.handle("HUP", hangup::came)) {
      LOG.info("SIGHUP is ignored in this process, as under nohup: it does not reload");
    }
    return hangup;
  }

  /** Does this for each signal, and at once if one has come already. */
  synchronized void then(Runnable action) {
    reload = Optional.of(action);
    if (pending) {
      action.run();
    }
  }

  synchronized void came() {
    pending = reload.isEmpty();
    if (pending) {
      LOG.info("SIGHUP: the configuration is reloaded once this member has started");
    }
    reload.ifPresent(Runnable::run);
  }
}
