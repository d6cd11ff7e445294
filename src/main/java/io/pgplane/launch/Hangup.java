package io.pgplane.launch;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
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
    hangup.install();
    return hangup;
  }

  /**
   * Only sun.misc.Signal of jdk.unsupported, which every JDK has, takes a signal. By reflection, as
   * javac's warning of it cannot be suppressed.
   */
  private void install() {
    try {
      Class<?> type = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object own =
          Proxy.newProxyInstance(
              Hangup.class.getClassLoader(), new Class<?>[] {handler}, this::called);
      Object before =
          type.getMethod("handle", type, handler)
              .invoke(null, type.getConstructor(String.class).newInstance("HUP"), own);
      if (handler.getField("SIG_IGN").get(null).equals(before)) {
        LOG.info("SIGHUP is ignored in this process, as under nohup: it does not reload");
      }
    } catch (ReflectiveOperationException e) {
      // java -Xrs leaves signals to the system.
      LOG.warn("SIGHUP does not reload the configuration: {}", String.valueOf(e.getCause()));
    }
  }

  private @Nullable Object called(Object proxy, Method method, @Nullable Object[] arguments)
      throws ReflectiveOperationException {
    if (method.getDeclaringClass() == Object.class) {
      return method.invoke(this, arguments);
    }
    came();
    return null;
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
