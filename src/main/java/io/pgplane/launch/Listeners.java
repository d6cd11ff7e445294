package io.pgplane.launch;

import io.pgplane.config.Listener;
import io.pgplane.config.Problem;
import io.pgplane.dataplane.accept.ListenerVerticle;
import io.pgplane.dataplane.session.Rules;
import io.pgplane.dataplane.session.SessionServices;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** The listeners of a member, which are the same from its start to its end. */
final class Listeners {
  /** Negative ports: Vert.x binds a free one, and shares it among the instances of a listener. */
  private static final AtomicInteger FREE_PORT = new AtomicInteger();

  private final SessionServices services;
  private final Supplier<Rules> rules;
  private final Map<String, List<ListenerVerticle>> verticles = new ConcurrentHashMap<>();

  Listeners(SessionServices services, Supplier<Rules> rules) {
    this.services = services;
    this.rules = rules;
  }

  /** Opens all, each on so many event loops; fails if one of them cannot be opened. */
  Future<?> open(List<Listener> listeners, int instances) {
    return Future.join(listeners.stream().map(listener -> deploy(listener, instances)).toList());
  }

  int port(String listener) {
    List<ListenerVerticle> instances = verticles.get(listener);
    if (instances == null) {
      throw new IllegalArgumentException("no listener named " + listener);
    }
    return instances.get(0).port();
  }

  void stopAccepting() {
    verticles.values().forEach(each -> each.forEach(ListenerVerticle::stopAccepting));
  }

  private Future<?> deploy(Listener listener, int instanceCount) {
    int port = listener.port() == 0 ? FREE_PORT.decrementAndGet() : listener.port();
    Listener bound = listener.at(port);
    List<ListenerVerticle> instances = new CopyOnWriteArrayList<>();
    verticles.put(listener.name(), instances);
    return services
        .vertx()
        .deployVerticle(
            () -> {
              ListenerVerticle instance = new ListenerVerticle(bound, services, rules);
              instances.add(instance);
              return instance;
            },
            new DeploymentOptions().setInstances(instanceCount))
        .recover(e -> Future.failedFuture(new IllegalStateException(cannot(listener, e), e)));
  }

  private static String cannot(Listener listener, Throwable e) {
    return "listener "
        + listener.name()
        + ": cannot listen on "
        + listener.host()
        + ":"
        + listener.port()
        + ": "
        + e.getMessage();
  }

  /** What would need a restart. */
  static List<Problem> moved(List<Listener> before, List<Listener> after) {
    List<Problem> problems = new ArrayList<>();
    if (before.size() != after.size()) {
      problems.add(new Problem("listeners", "listeners come and go only with a restart"));
    }
    for (int i = 0; i < Math.min(before.size(), after.size()); i++) {
      if (!sameAddress(before.get(i), after.get(i))) {
        problems.add(
            new Problem(
                "listeners[" + i + "]", "name, host and port of a listener need a restart"));
      }
    }
    return problems;
  }

  private static boolean sameAddress(Listener a, Listener b) {
    return a.name().equals(b.name()) && a.host().equals(b.host()) && a.port() == b.port();
  }
}
