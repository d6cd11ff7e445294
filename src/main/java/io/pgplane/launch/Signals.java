package io.pgplane.launch;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Signals of the operating system.
 *
 * <p>Only sun.misc.Signal of jdk.unsupported, which every JDK has, takes a signal. By reflection,
 * as javac's warning of it cannot be suppressed.
 */
final class Signals {
  private static final Logger LOG = LoggerFactory.getLogger(Signals.class);

  private Signals() {}

  /**
   * Runs this at each signal of a name such as TERM, instead of the handler of the JVM.
   *
   * @return whether the process ignores the signal, as SIGHUP under nohup
   */
  static boolean handle(String name, Runnable action) {
    try {
      Class<?> type = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object own =
          Proxy.newProxyInstance(
              Signals.class.getClassLoader(),
              new Class<?>[] {handler},
              (proxy, method, arguments) -> called(action, method, arguments));
      Object before =
          type.getMethod("handle", type, handler)
              .invoke(null, type.getConstructor(String.class).newInstance(name), own);
      return handler.getField("SIG_IGN").get(null).equals(before);
    } catch (ReflectiveOperationException e) {
      // java -Xrs leaves signals to the system.
      LOG.warn("the JVM keeps its own handler of SIG{}: {}", name, String.valueOf(e.getCause()));
      return false;
    }
  }

  private static @Nullable Object called(
      Runnable action, Method method, @Nullable Object[] arguments)
      throws ReflectiveOperationException {
    if (method.getDeclaringClass() == Object.class) {
      return method.invoke(action, arguments);
    }
    action.run();
    return null;
  }
}
