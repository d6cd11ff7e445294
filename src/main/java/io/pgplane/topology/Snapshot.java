package io.pgplane.topology;

import static java.util.function.Function.identity;
import static java.util.stream.Collectors.toUnmodifiableMap;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One state of users, routes and backends: what a login decides by. Immutable, and whole. */
public final class Snapshot {
  private final Map<String, User> users;
  private final List<Route> routes;
  private final Map<String, Backend> backends;

  /**
   * Puts a state together, and checks that it is whole.
   *
   * @param routes in the order in which they are asked
   * @throws IllegalArgumentException if two users or backends share a name, or a route names a
   *     backend that is not there
   */
  public Snapshot(Collection<User> users, Collection<Route> routes, Collection<Backend> backends) {
    this.users = byName(users, User::name);
    this.routes = List.copyOf(routes);
    this.backends = byName(backends, Backend::name);
    for (Route route : this.routes) {
      if (!this.backends.containsKey(route.backend())) {
        throw new IllegalArgumentException(
            "route " + route.name() + ": no backend named " + route.backend());
      }
    }
  }

  public Optional<User> user(String name) {
    return Optional.ofNullable(users.get(name));
  }

  /** The backend of a route of this snapshot. */
  public Backend backend(Route route) {
    Backend backend = backends.get(route.backend());
    if (backend == null) {
      throw new IllegalArgumentException("route " + route.name() + " is not of this snapshot");
    }
    return backend;
  }

  public Collection<User> users() {
    return users.values();
  }

  public List<Route> routes() {
    return routes;
  }

  public Collection<Backend> backends() {
    return backends.values();
  }

  private static <T> Map<String, T> byName(
      Collection<T> values, java.util.function.Function<T, String> name) {
    try {
      return values.stream().collect(toUnmodifiableMap(name, identity()));
    } catch (IllegalStateException e) {
      throw new IllegalArgumentException("a name is used twice: " + e.getMessage(), e);
    }
  }
}
